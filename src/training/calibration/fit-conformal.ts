import { conformalQuantile, conformalScore } from '../../inference/calibration/conformal-quantile.ts'
import { type LevelPair, levelPairs } from '../../inference/calibration/level-pairs.ts'

/** Forecasts that are to be corrected, and what came, row by row. */
export interface CalibrationRows {
  readonly levels: readonly number[]
  /** [rows, levels], row-major, basis points. */
  readonly quantilesBps: ArrayLike<number>
  readonly targetsBps: Float64Array
  /** What a width is measured in, per row, basis points; all 1: in basis points. */
  readonly unitsBps: ArrayLike<number>
  /** Outcomes of so many neighbouring rows overlap. */
  readonly horizonBars: number
}

export interface ConformalFit {
  /** Added to the quantiles in `unitsBps`, one per level. */
  readonly shifts: readonly number[]
  /** Intervals that were left as they are, and why. */
  readonly notes: readonly string[]
}

/**
 * Conformalised quantile regression (Romano, Patterson and Candès 2019): each interval is widened on both sides, or narrowed, by the
 * ⌈(1 − α)(n + 1)⌉-th least of its scores max(low − y, y − high), α the share that is to miss it. Divided by the row's unit first: with the
 * forecast volatility the width follows it. Where so few rows that do not overlap cannot say (the quantile would be infinite) it stays.
 */
export function fitConformal(rows: CalibrationRows): ConformalFit {
  const { levels, targetsBps, horizonBars } = rows
  const shifts = levels.map(() => 0)
  const notes: string[] = []
  const independent = Math.floor(targetsBps.length / horizonBars)
  for (const pair of levelPairs(levels)) {
    const needed = Math.ceil(1 / pair.miss - 1e-9) - 1
    if (independent < needed) {
      const interval = `interval ${levels[pair.low]}–${levels[pair.high]}`
      notes.push(`${interval} is left as it is: ${independent} rows that do not overlap, ${needed} are needed`)
      continue
    }
    const width = conformalQuantile(scoresOf(rows, pair), pair.miss)
    shifts[pair.low] = -width
    shifts[pair.high] = width
  }
  return { shifts, notes }
}

/** Ascending. */
function scoresOf(
  { levels, quantilesBps, targetsBps, unitsBps }: CalibrationRows,
  { low, high }: LevelPair,
): Float64Array {
  return targetsBps
    .map((target, row) => {
      const at = row * levels.length
      return conformalScore(target, quantilesBps[at + low]!, quantilesBps[at + high]!) / unitsBps[row]!
    })
    .sort()
}
