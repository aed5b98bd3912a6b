import type { EpochMs } from '../../core/units.ts'
import { epochMs } from '../../core/units.ts'
import type { ForecasterOutputs } from '../../model/forecaster-outputs.ts'
import { LEVELS } from '../../model/forecaster-outputs.ts'
import type { ForecastOutcome } from '../../report/backtest/record.ts'
import type { Dataset } from '../dataset.ts'

/** As many as a backtest keeps. */
const OUTCOMES_MAX = 20_000

/** What was said beside what came, as reports read it: at most 20,000 rows, evenly spaced. A series stands for an instrument. */
export function forecastOutcomes(
  modelId: string,
  { mean, volatility, quantiles, classes }: ForecasterOutputs,
  { rows, endAt, series, targetsBps }: Pick<Dataset, 'rows' | 'endAt' | 'series' | 'targetsBps'>,
  thresholdsBps: Float64Array,
): readonly ForecastOutcome[] {
  const count = Math.min(rows, OUTCOMES_MAX)
  return Array.from({ length: count }, (_, i): ForecastOutcome => {
    const row = Math.floor((i * rows) / count)
    const at: EpochMs = epochMs(endAt[row]!)
    return {
      symbol: `series ${series[row]!}`,
      at,
      modelId,
      meanBps: mean[row]!,
      levels: LEVELS,
      quantilesBps: Array.from(quantiles.subarray(row * LEVELS.length, (row + 1) * LEVELS.length)),
      classes: [classes[row * 3]!, classes[row * 3 + 1]!, classes[row * 3 + 2]!],
      volatilityBps: volatility[row]!,
      realisedBps: targetsBps[row]!,
      thresholdBps: thresholdsBps[row]!,
    }
  })
}
