import { check } from '../../core/check.ts'
import type { ForecasterOutputs } from '../../model/forecaster-outputs.ts'
import { meanOf } from '../../report/metrics/moments.ts'
import type { Dataset } from '../dataset.ts'
import { forecastLosses } from '../evaluation/forecast-losses.ts'

/** Means over all rows; lower is better. */
export interface ForecastScores {
  /** Squared error of the mean, square basis points. */
  readonly squaredErrorBps2: number
  /** Pinball loss, mean over the levels, basis points. */
  readonly pinballBps: number
  /** Of down, flat, up, nats. */
  readonly logLoss: number
  /** See `ForecastLosses`. */
  readonly qlike: number
}

/** `outputs` in the units of the forecaster contract, one row for each of the dataset. */
export function scoreForecasts(
  outputs: ForecasterOutputs,
  data: Pick<Dataset, 'targetsBps' | 'variancesBps2' | 'rows'>,
  thresholdBps: number,
): ForecastScores {
  check(data.rows > 0, 'rows to score', data.rows)
  const losses = forecastLosses(outputs, data, new Float64Array(data.rows).fill(thresholdBps))
  return {
    squaredErrorBps2: meanOf(losses.squaredErrorBps2),
    pinballBps: meanOf(losses.pinballBps),
    logLoss: meanOf(losses.logLoss),
    qlike: meanOf(losses.qlike),
  }
}
