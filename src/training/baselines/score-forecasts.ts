import { check } from '../../core/check.ts'
import type { ForecasterOutputs } from '../../model/forecaster-outputs.ts'
import { LEVELS } from '../../model/forecaster-outputs.ts'
import type { Dataset } from '../dataset.ts'
import { classOf, logLoss, pinball } from '../scores.ts'

/** Means over all rows; lower is better. */
export interface ForecastScores {
  /** Squared error of the mean, square basis points. */
  readonly squaredErrorBps2: number
  /** Pinball loss, mean over the levels, basis points; twice its mean over every level would be the CRPS. */
  readonly pinballBps: number
  /** Of down, flat, up, nats. */
  readonly logLoss: number
  /** ln h + RV/h, h the forecast variance: QLIKE less a term without h, which is infinite where nothing moved (Patton 2011). */
  readonly qlike: number
}

/** `outputs` in the units of the forecaster contract, one row for each of the dataset. */
export function scoreForecasts(
  outputs: ForecasterOutputs,
  { targetsBps, variancesBps2, rows }: Pick<Dataset, 'targetsBps' | 'variancesBps2' | 'rows'>,
  thresholdBps: number,
): ForecastScores {
  check(rows > 0 && outputs.mean.length === rows, `forecasts of ${rows} rows`, outputs.mean.length)
  const totals = { squaredErrorBps2: 0, pinballBps: 0, logLoss: 0, qlike: 0 }
  for (const [row, y] of targetsBps.entries()) {
    const variance = outputs.volatility[row]! ** 2
    totals.squaredErrorBps2 += (y - outputs.mean[row]!) ** 2 / rows
    totals.qlike += (Math.log(variance) + variancesBps2[row]! / variance) / rows
    totals.logLoss += logLoss(outputs.classes[row * 3 + classOf(y, thresholdBps)]!) / rows
    for (const [i, level] of LEVELS.entries()) {
      totals.pinballBps += pinball(level, y, outputs.quantiles[row * LEVELS.length + i]!) / (rows * LEVELS.length)
    }
  }
  return totals
}
