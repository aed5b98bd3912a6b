import type { Recalibration } from '../../model/bundle/recalibration-schema.ts'
import type { ForecasterOutputs } from '../../model/forecaster-outputs.ts'
import type { Forecast } from '../forecast.ts'
import { recalibratedClasses } from './recalibrate-classes.ts'
import { shiftQuantiles } from './shift-quantiles.ts'

/** What a graph says of one row, in the units of `Forecast`. */
export type Reading = Pick<Forecast, 'meanBps' | 'volatilityBps' | 'quantilesBps' | 'classes'>

/** `reading` as the bundle's calibration wants it; the mean stays. `levels`: of the quantiles. */
export function recalibrated(
  reading: Reading,
  levels: readonly number[],
  { classes, quantiles, volatilityFactor = 1 }: Recalibration,
): Reading {
  const { meanBps, volatilityBps, quantilesBps } = reading
  const unitBps = quantiles?.unit === 'volatility' ? volatilityBps : 1
  const shifts = quantiles?.shifts.map((shift) => shift * unitBps)
  return {
    meanBps,
    volatilityBps: volatilityBps * volatilityFactor,
    quantilesBps: shifts ? shiftQuantiles(quantilesBps, shifts, levels) : quantilesBps,
    classes: classes ? recalibratedClasses(reading.classes, classes) : reading.classes,
  }
}

/** The same for every row of a batch of checked outputs. */
export function recalibratedOutputs(
  outputs: ForecasterOutputs,
  levels: readonly number[],
  recalibration: Recalibration,
): ForecasterOutputs {
  const rows = outputs.mean.length
  const found = {
    mean: outputs.mean.slice(),
    volatility: new Float32Array(rows),
    quantiles: new Float32Array(outputs.quantiles.length),
    classes: new Float32Array(outputs.classes.length),
  }
  for (let row = 0; row < rows; row += 1) {
    const reading = recalibrated(readingOf(outputs, levels.length, row), levels, recalibration)
    found.volatility[row] = reading.volatilityBps
    found.quantiles.set(reading.quantilesBps, row * levels.length)
    found.classes.set(reading.classes, row * 3)
  }
  return found
}

/** Row `row` as it stands. */
export function readingOf(outputs: ForecasterOutputs, levelCount: number, row: number): Reading {
  const { mean, volatility, quantiles, classes } = outputs
  const quantilesBps: number[] = []
  // Views of the outputs would cost more than the numbers, and a backtest reads a million rows.
  for (let at = row * levelCount; at < (row + 1) * levelCount; at += 1) quantilesBps.push(quantiles[at]!)
  return {
    meanBps: mean[row]!,
    volatilityBps: volatility[row]!,
    quantilesBps,
    classes: [classes[3 * row]!, classes[3 * row + 1]!, classes[3 * row + 2]!],
  }
}
