import { check } from '../../core/check.ts'
import type { ForecasterOutputs } from '../../model/forecaster-outputs.ts'
import type { ForecastCalibration } from '../../report/metrics/calibration.ts'
import { forecastCalibration } from '../../report/metrics/calibration.ts'
import type { NotEnough } from '../../report/metrics/metric.ts'
import { meanOf } from '../../report/metrics/moments.ts'
import type { Dataset } from '../dataset.ts'
import { directionalAccuracy } from '../evaluate.ts'
import type { ForecastLosses } from './forecast-losses.ts'
import { forecastLosses } from './forecast-losses.ts'
import { forecastOutcomes } from './forecast-outcomes.ts'

/** What one forecaster scored out of sample. */
export interface ForecastEvaluation {
  readonly name: string
  readonly rows: number
  /** Of the mean: square basis points, and basis points. */
  readonly mseBps2: number
  readonly maeBps: number
  /** 1 − MSE ÷ MSE of the reference's mean (Campbell and Thompson 2008, eq. 1): 0 is no better, below 0 is worse. */
  readonly rSquared: number
  /** Share of returns that moved whose sign the mean has; with its interval in `calibration`. */
  readonly directionalAccuracy: number
  readonly crpsBps: number
  readonly pinballBps: number
  /** Nats. */
  readonly logLoss: number
  /** 0 best, 2 worst. */
  readonly brier: number
  /** ln h + RV/h. */
  readonly qlike: number
  /** Coverage with its bands, Brier, expected calibration error, reliability: of at most 20,000 rows, evenly spaced. */
  readonly calibration: ForecastCalibration | NotEnough
  readonly losses: ForecastLosses
}

/**
 * Scores of forecasts, one for each row of `data`, that were made without it. `referenceBps` [rows]: what R² is against, e.g. the means of
 * the unconditional baseline, which knew the training rows only. `thresholdsBps` [rows]: bounds of the flat class.
 */
export function evaluateForecasts(
  name: string,
  outputs: ForecasterOutputs,
  data: Dataset,
  thresholdsBps: Float64Array,
  referenceBps: ArrayLike<number>,
): ForecastEvaluation {
  check(data.rows > 0, 'rows to evaluate', data.rows)
  const losses = forecastLosses(outputs, data, thresholdsBps)
  const referenceMse = meanOf(data.targetsBps.map((actual, row) => (actual - referenceBps[row]!) ** 2))
  const mseBps2 = meanOf(losses.squaredErrorBps2)
  const { horizonBars, barMs } = data.shape
  const forecasts = forecastOutcomes(name, outputs, data, thresholdsBps)
  return {
    name,
    rows: data.rows,
    mseBps2,
    maeBps: meanOf(losses.absoluteErrorBps),
    rSquared: 1 - mseBps2 / referenceMse,
    directionalAccuracy: directionalAccuracy(outputs.mean, data.targetsBps, 0),
    crpsBps: meanOf(losses.crpsBps),
    pinballBps: meanOf(losses.pinballBps),
    logLoss: meanOf(losses.logLoss),
    brier: meanOf(losses.brier),
    qlike: meanOf(losses.qlike),
    calibration: forecastCalibration({ forecasts, horizonBars, barMs }),
    losses,
  }
}
