import { check } from '../../core/check.ts'
import type { ForecasterOutputs } from '../../model/forecaster-outputs.ts'
import { LEVELS } from '../../model/forecaster-outputs.ts'
import { brier } from '../../report/metrics/class-reliability.ts'
import type { Dataset } from '../dataset.ts'
import { classOf, logLoss, pinball } from '../scores.ts'
import { crpsOf, crpsWeights } from './crps.ts'

const WEIGHTS = crpsWeights(LEVELS)

/** One value for each row, [rows]; lower is better. */
export interface ForecastLosses {
  /** Of the mean, square basis points. */
  readonly squaredErrorBps2: Float64Array
  /** Of the mean, basis points. */
  readonly absoluteErrorBps: Float64Array
  /** Mean over the levels, basis points. */
  readonly pinballBps: Float64Array
  /** From the levels, basis points; see `crpsOf`. */
  readonly crpsBps: Float64Array
  /** Of down, flat, up, nats. */
  readonly logLoss: Float64Array
  /** Σ over down, flat, up of (p − 1{came})² (Brier 1950). */
  readonly brier: Float64Array
  /** ln h + RV/h, h the forecast variance: QLIKE less a term without h, which is infinite where nothing moved (Patton 2011). */
  readonly qlike: Float64Array
}

/** `outputs` in the units of the forecaster contract, one row for each of the data. `thresholdsBps` [rows]: bounds of the flat class. */
export function forecastLosses(
  outputs: ForecasterOutputs,
  { targetsBps, variancesBps2, rows }: Pick<Dataset, 'targetsBps' | 'variancesBps2' | 'rows'>,
  thresholdsBps: Float64Array,
): ForecastLosses {
  check(outputs.mean.length === rows && thresholdsBps.length === rows, `forecasts of ${rows} rows`, outputs.mean.length)
  const ofRow = (loss: (row: number, actual: number) => number): Float64Array =>
    targetsBps.map((actual, row) => loss(row, actual))
  const quantilesAt = (row: number): Float32Array =>
    outputs.quantiles.subarray(row * LEVELS.length, (row + 1) * LEVELS.length)
  const classesAt = (row: number): number[] => Array.from(outputs.classes.subarray(row * 3, row * 3 + 3))
  const came = (row: number): number => classOf(targetsBps[row]!, thresholdsBps[row]!)
  return {
    squaredErrorBps2: ofRow((row, actual) => (actual - outputs.mean[row]!) ** 2),
    absoluteErrorBps: ofRow((row, actual) => Math.abs(actual - outputs.mean[row]!)),
    pinballBps: ofRow((row, actual) => {
      const quantiles = quantilesAt(row)
      return LEVELS.reduce((sum, level, i) => sum + pinball(level, actual, quantiles[i]!), 0) / LEVELS.length
    }),
    crpsBps: ofRow((row, actual) => crpsOf(LEVELS, WEIGHTS, quantilesAt(row), actual)),
    logLoss: ofRow((row) => logLoss(outputs.classes[row * 3 + came(row)]!)),
    brier: ofRow((row) => brier(classesAt(row), came(row))),
    qlike: ofRow((row) => {
      const variance = outputs.volatility[row]! ** 2
      return Math.log(variance) + variancesBps2[row]! / variance
    }),
  }
}
