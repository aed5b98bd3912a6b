import type { Manifest } from '../model/bundle/manifest.ts'
import type { ForecasterOutputs } from '../model/forecaster-outputs.ts'
import { OUTPUT_NAMES, outputWidths } from '../model/forecaster-outputs.ts'
import type { Forecast } from './forecast.ts'

/** Probabilities are float32. */
const SUM_TOLERANCE = 1e-4

/** What one row of outputs says, or what is wrong with it. */
type Reading = Pick<Forecast, 'meanBps' | 'volatilityBps' | 'quantilesBps' | 'classes'> | { readonly failure: string }

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

/** Reads row `row` and judges it: finite, inside the manifest's limits, quantiles in order, probabilities that sum to 1. */
export function readOutputs(outputs: ForecasterOutputs, { calibration, limits }: Manifest, row: number): Reading {
  const width = calibration.levels.length
  const meanBps = outputs.mean[row]!
  const volatilityBps = outputs.volatility[row]!
  const quantilesBps = [...outputs.quantiles.subarray(row * width, (row + 1) * width)]
  const [down, flat, up] = outputs.classes.subarray(row * 3, row * 3 + 3) as unknown as [number, number, number]
  const all = [meanBps, volatilityBps, ...quantilesBps, down, flat, up]
  if (!all.every(Number.isFinite)) return { failure: `not finite: ${all.join(', ')}` }
  if (Math.abs(meanBps) > limits.meanAbsMaxBps) {
    return { failure: `mean ${meanBps} bps is beyond ±${limits.meanAbsMaxBps}` }
  }
  if (volatilityBps <= 0 || volatilityBps > limits.volatilityMaxBps) {
    return { failure: `volatility ${volatilityBps} bps is outside (0, ${limits.volatilityMaxBps}]` }
  }
  if (quantilesBps.some((value, i) => i > 0 && value < quantilesBps[i - 1]!)) {
    return { failure: `quantiles cross: ${quantilesBps.join(', ')}` }
  }
  if (Math.min(down, flat, up) < 0 || Math.abs(down + flat + up - 1) > SUM_TOLERANCE) {
    return { failure: `class probabilities ${down}, ${flat}, ${up} do not sum to 1` }
  }
  return { meanBps, volatilityBps, quantilesBps, classes: [down, flat, up] }
}
