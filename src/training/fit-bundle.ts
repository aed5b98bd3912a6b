import { InputError } from '../core/errors.ts'
import { packBundle } from '../model/bundle.ts'
import type { OutputName } from '../model/forecaster-outputs.ts'
import { outputWidths } from '../model/forecaster-outputs.ts'
import type { Manifest, ManifestDraft } from '../model/manifest.ts'
import { sha256Of } from '../model/manifest.ts'
import { OPSET } from '../model/onnx-graph.ts'
import { ridgeForecast } from '../model/ridge-forecast.ts'
import type { RidgeForecaster } from '../model/ridge-forecaster.ts'
import { RIDGE_FORECASTER, ridgeForecasterGraph } from '../model/ridge-forecaster.ts'
import type { Dataset } from './dataset.ts'
import { splitByTime } from './dataset.ts'
import { baselineOf, evaluate } from './evaluate.ts'
import { fitRidge, LEVELS, TRIALS } from './fit-ridge.ts'
import { leakingFeatures } from './leaking-features.ts'

const GOLDEN_ROWS = 4
/** Float32 sums in another order; GPUs also use another exponential. */
const TOLERANCE = { cpu: 1e-5, other: 1e-3 }
/** A forecast beyond so many deviations of the fitted returns is nonsense. */
const DEVIATIONS_MAX = 50

interface BundleRequest {
  readonly family: string
  readonly fitData: Dataset
  /** From other seeds than `fitData`. */
  readonly evaluationData: Dataset
  /** Later share of each series that chooses penalties and calibrates, 0–1. */
  readonly validationShare: number
  readonly schemaHash: string
  /** ISO 8601, UTC. */
  readonly createdAt: string
  readonly source: string
  readonly seeds: readonly number[]
  readonly evaluationSeeds: readonly number[]
}

/** A fitted model, ready to be written as `<family>/<version>`. */
export interface FittedModel {
  readonly family: string
  /** A pure function of everything in the bundle but the time it was made: the same fit again is the same version. */
  readonly version: string
  /** Every file of the bundle, `manifest.json` included. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** Out of sample, on the evaluation seeds. */
  readonly metrics: Readonly<Record<string, number>>
}

/** Fits the demo architecture and packs it. Deterministic. Throws `InputError` when a feature knows the future. */
export function fitBundle(request: BundleRequest): FittedModel {
  const { family, fitData, evaluationData } = request
  const leaks = leakingFeatures(fitData)
  if (leaks.length > 0) {
    throw new InputError(
      `features ${leaks.join(', ')}: each explains over half of the forward return; it has seen it`,
      { leaks },
    )
  }
  const split = splitByTime(fitData, request.validationShare)
  const { model, deviationBps, penalties } = fitRidge(fitData, split)
  const baseline = baselineOf(
    Float64Array.from(split.train, (row) => fitData.targetsBps[row]!),
    model.thresholdBps,
  )
  const metrics = evaluate(model, evaluationData, baseline)
  const graph = ridgeForecasterGraph(model)
  const { featureNames, steps, barMs, horizonBars } = fitData.shape
  const content: Omit<ManifestDraft, 'version' | 'createdAt'> = {
    family,
    opset: OPSET,
    features: { names: [...featureNames], schemaHash: request.schemaHash },
    barMs,
    steps,
    horizonBars,
    architecture: {
      name: RIDGE_FORECASTER,
      parameters: { clip: model.clip, meanPenalty: penalties.mean, logVolatilityPenalty: penalties.logVolatility },
    },
    fit: {
      source: request.source,
      seeds: [...request.seeds],
      evaluationSeeds: [...request.evaluationSeeds],
      trainRows: split.train.length,
      validationRows: split.validation.length,
      evaluationRows: evaluationData.rows,
      trials: TRIALS,
    },
    metrics,
    calibration: {
      levels: [...LEVELS],
      residualQuantiles: [...model.residualQuantiles],
      classScale: model.classScale,
      thresholdBps: model.thresholdBps,
    },
    limits: { meanAbsMaxBps: DEVIATIONS_MAX * deviationBps, volatilityMaxBps: DEVIATIONS_MAX * deviationBps },
    golden: goldenOf(model, fitData),
  }
  const version = `ridge-${sha256Of(`${sha256Of(graph)} ${JSON.stringify(content)}`).slice(0, 12)}`
  const files = packBundle({ ...content, version, createdAt: request.createdAt }, graph)
  return { family, version, files, metrics }
}

/** A few rows of the fit, evenly spaced, and one far outside it, where the scaler clips. */
function goldenOf(model: RidgeForecaster, { inputs, rows }: Dataset): Manifest['golden'] {
  const width = model.steps * model.features
  const rowAt = (row: number): number[] => [...inputs.subarray(row * width, (row + 1) * width)]
  const chosen = Array.from({ length: GOLDEN_ROWS }, (_, i) => rowAt(Math.floor((i * rows) / GOLDEN_ROWS)))
  const extreme = rowAt(0).map((_, i) => Math.fround((i % 2 === 0 ? 1 : -1) * 1_000_000))
  const goldenInputs = [...chosen, extreme]
  const outputs = ridgeForecast(model, Float32Array.from(goldenInputs.flat()), goldenInputs.length)
  const widths = outputWidths(LEVELS.length)
  const rowsOf = (name: OutputName): number[][] =>
    goldenInputs.map((_, row) => [...outputs[name].subarray(row * widths[name], (row + 1) * widths[name])])
  return {
    inputs: goldenInputs,
    outputs: {
      mean: rowsOf('mean'),
      volatility: rowsOf('volatility'),
      quantiles: rowsOf('quantiles'),
      classes: rowsOf('classes'),
    },
    tolerance: TOLERANCE,
  }
}
