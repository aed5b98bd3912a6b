import { check } from '../../core/check.ts'
import { levelPairs } from '../../inference/calibration/level-pairs.ts'
import { readingOf, recalibratedOutputs } from '../../inference/calibration/recalibrate.ts'
import type { Classes } from '../../inference/calibration/recalibrate-classes.ts'
import type { ProbabilityCurve, Recalibration } from '../../model/bundle/recalibration-schema.ts'
import type { ForecasterOutputs } from '../../model/forecaster-outputs.ts'
import { classOf } from '../scores.ts'
import type { CalibrationSettings } from './calibration-settings.ts'
import { fitConformal } from './fit-conformal.ts'
import { fitIsotonic } from './fit-isotonic.ts'
import { classLoss, fitTemperature } from './fit-temperature.ts'
import { fitVolatilityFactor } from './fit-volatility-factor.ts'

/** What came of the forecasts, in time order. */
export interface CalibrationOutcomes {
  readonly targetsBps: Float64Array
  readonly levels: readonly number[]
  /** Half width of the flat class, basis points. */
  readonly thresholdBps: number
  readonly horizonBars: number
}

/** On the rows of the fit: after it, these are flattering. */
export interface CalibrationScores {
  /** Mean −ln of the probability of what came. */
  readonly logLoss: number
  /** Of each interval, widest first. */
  readonly coverages: readonly { readonly stated: number; readonly realised: number }[]
}

export interface CalibrationFit {
  /** For `manifest.calibration.recalibration`. */
  readonly recalibration: Recalibration
  readonly before: CalibrationScores
  readonly after: CalibrationScores
  /** What was left as it is, and why. */
  readonly notes: readonly string[]
}

/** Fits what corrects `outputs`, those of recent rows that the model's own fit has not seen. Deterministic. */
export function fitCalibration(
  outputs: ForecasterOutputs,
  outcomes: CalibrationOutcomes,
  settings: CalibrationSettings,
): CalibrationFit {
  const { targetsBps, levels, horizonBars } = outcomes
  const rows = targetsBps.length
  check(rows > 0 && outputs.mean.length === rows, 'as many forecasts as outcomes, at least 1', rows)
  const classes = classFit(outputs, outcomes, settings.classes)
  const widths = settings.quantiles === 'none' ? undefined : widthFit(outputs, outcomes, settings.quantiles)
  const factor =
    widths && settings.volatility === 'width'
      ? fitVolatilityFactor({ outputs, targetsBps, levels, horizonBars, unit: widths.unit })
      : undefined
  const recalibration: Recalibration = {
    rows,
    ...(classes && { classes }),
    ...(widths && { quantiles: { unit: widths.unit, shifts: [...widths.shifts] } }),
    ...(factor !== undefined && { volatilityFactor: factor }),
  }
  return {
    recalibration,
    before: scoresOf(outputs, outcomes),
    after: scoresOf(recalibratedOutputs(outputs, levels, recalibration), outcomes),
    notes: widths?.notes ?? [],
  }
}

function widthFit(
  outputs: ForecasterOutputs,
  { levels, targetsBps, horizonBars }: CalibrationOutcomes,
  unit: 'bps' | 'volatility',
) {
  const unitsBps = unit === 'bps' ? outputs.volatility.map(() => 1) : outputs.volatility
  return { unit, ...fitConformal({ levels, quantilesBps: outputs.quantiles, targetsBps, unitsBps, horizonBars }) }
}

function classFit(
  outputs: ForecasterOutputs,
  { targetsBps, thresholdBps, levels }: CalibrationOutcomes,
  method: CalibrationSettings['classes'],
): Recalibration['classes'] {
  if (method === 'none') return undefined
  const said = classesOf(outputs, targetsBps.length, levels.length)
  const came = [...targetsBps].map((target) => classOf(target, thresholdBps))
  if (method === 'temperature') return { method, temperature: fitTemperature(said, came) }
  // No row is sure: a share of 0 or 1 is as far from it as one row more would put it.
  const least = 1 / (said.length + 2)
  const curveOf = (k: 0 | 1 | 2): ProbabilityCurve => {
    const curve = fitIsotonic(
      said.map((one) => one[k]),
      came.map((name) => (name === k ? 1 : 0)),
    )
    return { ...curve, came: curve.came.map((share) => Math.max(least, Math.min(1 - least, share))) }
  }
  return { method, curves: [curveOf(0), curveOf(1), curveOf(2)] }
}

const classesOf = (outputs: ForecasterOutputs, rows: number, levelCount: number): readonly Classes[] =>
  Array.from({ length: rows }, (_, row) => readingOf(outputs, levelCount, row).classes)

function scoresOf(
  outputs: ForecasterOutputs,
  { targetsBps, levels, thresholdBps }: CalibrationOutcomes,
): CalibrationScores {
  const rows = targetsBps.length
  const came = [...targetsBps].map((target) => classOf(target, thresholdBps))
  const isWithin = (row: number, low: number, high: number): boolean => {
    const at = row * levels.length
    return targetsBps[row]! >= outputs.quantiles[at + low]! && targetsBps[row]! <= outputs.quantiles[at + high]!
  }
  return {
    logLoss: classLoss(classesOf(outputs, rows, levels.length), came),
    coverages: levelPairs(levels).map(({ low, high, miss }) => ({
      stated: 1 - miss,
      realised: came.filter((_, row) => isWithin(row, low, high)).length / rows,
    })),
  }
}
