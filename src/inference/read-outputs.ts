import type { Manifest } from '../model/bundle/manifest.ts'
import type { ForecasterOutputs } from '../model/forecaster-outputs.ts'
import { OUTPUT_NAMES, outputWidths } from '../model/forecaster-outputs.ts'
import { type Reading, readingOf, recalibrated } from './calibration/recalibrate.ts'

/** Probabilities are float32. */
const SUM_TOLERANCE = 1e-4

/** What is missing in the answer to a batch of `batch` rows; undefined when whole. */
export function missingOutput(
  outputs: Readonly<Record<string, Float32Array>>,
  { calibration }: Manifest,
  batch: number,
): string | undefined {
  const widths = outputWidths(calibration.levels.length)
  const name = OUTPUT_NAMES.find((output) => outputs[output]?.length !== widths[output] * batch)
  return name && `output ${name} had ${outputs[name]?.length ?? 'no'} values, not ${widths[name] * batch}`
}

/**
 * Reads row `row` and judges it: finite, inside the manifest's limits, quantiles in order, probabilities that sum to 1. Then corrects it
 * by the manifest's recalibration. Or says what is wrong with it.
 */
export function readOutputs(
  outputs: ForecasterOutputs,
  { calibration, limits }: Manifest,
  row: number,
): Reading | { readonly failure: string } {
  const reading = readingOf(outputs, calibration.levels.length, row)
  const failure = failureOf(reading, limits)
  if (failure !== undefined) return { failure }
  return calibration.recalibration ? recalibrated(reading, calibration.levels, calibration.recalibration) : reading
}

function failureOf(reading: Reading, limits: Manifest['limits']): string | undefined {
  const { meanBps, volatilityBps, quantilesBps, classes } = reading
  const areFinite = Number.isFinite(meanBps) && Number.isFinite(volatilityBps)
  if (!(areFinite && quantilesBps.every(Number.isFinite) && classes.every(Number.isFinite))) {
    return `not finite: ${[meanBps, volatilityBps, ...quantilesBps, ...classes].join(', ')}`
  }
  if (Math.abs(meanBps) > limits.meanAbsMaxBps) return `mean ${meanBps} bps is beyond ±${limits.meanAbsMaxBps}`
  if (volatilityBps <= 0 || volatilityBps > limits.volatilityMaxBps) {
    return `volatility ${volatilityBps} bps is outside (0, ${limits.volatilityMaxBps}]`
  }
  if (quantilesBps.some((value, i) => i > 0 && value < quantilesBps[i - 1]!)) {
    return `quantiles cross: ${quantilesBps.join(', ')}`
  }
  const { 0: down, 1: flat, 2: up } = classes
  if (Math.min(down, flat, up) < 0 || Math.abs(down + flat + up - 1) > SUM_TOLERANCE) {
    return `class probabilities ${classes.join(', ')} do not sum to 1`
  }
  return undefined
}
