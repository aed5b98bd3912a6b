import type { AdaptiveInterval } from '../calibration/adaptive-interval.ts'
import type { LevelPair } from '../calibration/level-pairs.ts'
import type { Forecast } from '../forecast.ts'

/** Threshold of one interval for the next forecasts, in volatilities. */
export interface IssuedThreshold {
  /** What err_t is judged by: everything is within ±Number.MAX_VALUE, as within ±Infinity, and JSON can hold it. */
  readonly judged: number
  /** What the quantiles are shifted by: no farther than a score ever was. */
  readonly shift: number
}

/** Undefined: too few scores are known. */
export function finiteThreshold(interval: AdaptiveInterval): IssuedThreshold | undefined {
  const threshold = interval.threshold()
  if (threshold === undefined) return undefined
  return {
    judged: Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, threshold)),
    shift: Math.max(interval.scoreMin, Math.min(interval.scoreMax, threshold)),
  }
}

/** What to add to each quantile, basis points; undefined: nothing is known yet. */
export function shiftsOf(
  { levels, volatilityBps }: Forecast,
  pairs: readonly LevelPair[],
  thresholds: readonly (IssuedThreshold | undefined)[],
): readonly number[] | undefined {
  if (thresholds.every((threshold) => threshold === undefined)) return undefined
  const shifts = levels.map(() => 0)
  for (const [i, { low, high }] of pairs.entries()) {
    const shift = (thresholds[i]?.shift ?? 0) * volatilityBps
    shifts[low] = -shift
    shifts[high] = shift
  }
  return shifts
}

/** Width of `pair`'s interval as stated ÷ as issued, at most 1. */
export function narrowness(stated: Forecast, issued: Forecast, pair: LevelPair | undefined): number {
  if (!pair) return 1
  const widthOf = ({ quantilesBps }: Forecast): number => quantilesBps[pair.high]! - quantilesBps[pair.low]!
  const [before, after] = [widthOf(stated), widthOf(issued)]
  return after > before ? before / after : 1
}
