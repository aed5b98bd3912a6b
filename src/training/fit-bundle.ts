import { InputError } from '../core/errors.ts'
import { packBundle } from '../model/bundle/bundle.ts'
import type { Manifest, ManifestDraft } from '../model/bundle/manifest.ts'
import { sha256Of } from '../model/bundle/manifest.ts'
import type { ForecasterOutputs } from '../model/forecaster-outputs.ts'
import { LEVELS } from '../model/forecaster-outputs.ts'
import { OPSET } from '../model/graph/onnx-file.ts'
import { modelReport } from '../report/model/model-report.ts'
import { goldenOutputs } from './answer-rows.ts'
import { fitBaselines } from './baselines/fit-baselines.ts'
import { scoreForecasts } from './baselines/score-forecasts.ts'
import { compareWithBaselines, lostContests } from './compare-baselines.ts'
import type { Dataset, Split } from './dataset.ts'
import { splitByTime } from './dataset.ts'
import { baselineOf, confusionOf, evaluate } from './evaluate.ts'
import type { FitForecaster, FittedForecaster } from './fitted-forecaster.ts'
import { leakingFeatures } from './leaking-features.ts'

const GOLDEN_ROWS = 4
/** Float32 sums in another order; GPUs also use another exponential. */
const TOLERANCE = { cpu: 1e-5, other: 1e-3 }
/** A forecast beyond so many deviations of the fitted returns is nonsense. */
const DEVIATIONS_MAX = 50

interface BundleRequest {
  readonly family: string
  readonly fitData: Dataset
  /** From other seeds or a later time than `fitData`. */
  readonly evaluationData: Dataset
  /** Later share of each series that chooses and calibrates, 0–1. */
  readonly validationShare: number
  readonly schemaHash: string
  /** ISO 8601, UTC. */
  readonly createdAt: string
  readonly source: string
  /** Span of the bars learnt from, ISO 8601; `simulated` where days mean nothing. */
  readonly window: Manifest['fit']['window']
  /** Of simulated markets; empty where there are none. */
  readonly seeds: readonly number[]
  readonly evaluationSeeds: readonly number[]
  readonly fit: FitForecaster
  /** Whether the logistic baseline is fitted too; absent: it is. See `fitBaselines`. */
  readonly withLogistic?: boolean
}

/** A fitted model, ready to be written as `<family>/<version>`. */
export interface FittedModel {
  readonly family: string
  /** A pure function of everything in the bundle but the time it was made: the same fit again is the same version. */
  readonly version: string
  /** Every file of the bundle, `manifest.json` included. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** Out of sample, on the evaluation rows. */
  readonly metrics: Readonly<Record<string, number>>
  /** A line for each baseline that it does not beat. */
  readonly lost: readonly string[]
}

/** Fits, measures and packs. Deterministic. Throws `InputError` when a feature knows the future. */
export async function fitBundle(request: BundleRequest): Promise<FittedModel> {
  const { fitData } = request
  const leaks = leakingFeatures(fitData)
  if (leaks.length > 0) {
    throw new InputError(
      `features ${leaks.join(', ')}: each explains over half of the forward return; it has seen it`,
      { leaks },
    )
  }
  const split = splitByTime(fitData, request.validationShare)
  const fitted = await request.fit(fitData, split)
  try {
    return await packed(request, split, fitted)
  } finally {
    await fitted.release?.()
  }
}

async function packed(request: BundleRequest, split: Split, fitted: FittedForecaster): Promise<FittedModel> {
  const { family, evaluationData, createdAt } = request
  const { graph, optimizer, versionPrefix, calibration } = fitted
  const outputs = await fitted.forecast(evaluationData.inputs, evaluationData.rows)
  const metrics = measured(request, split, outputs, calibration.thresholdBps)
  const content = await contentOf(request, split, fitted, metrics)
  const version = `${versionPrefix}-${sha256Of(`${sha256Of(graph)} ${JSON.stringify(content)}`).slice(0, 12)}`
  const manifest = { ...content, version, createdAt }
  const lost = lostContests(metrics)
  const report = modelReport({
    manifest,
    graph,
    confusion: confusionOf(outputs, evaluationData, calibration.thresholdBps),
    notes: lost.map((line) => `On the evaluation rows this model ${line}.`),
  })
  const files = packBundle(manifest, graph, { report, ...(optimizer && { optimizer }) })
  return { family, version, files, metrics, lost }
}

/** Scores on the evaluation rows, the baselines' beside them. */
function measured(
  { fitData, evaluationData, withLogistic }: BundleRequest,
  split: Split,
  outputs: ForecasterOutputs,
  thresholdBps: number,
): Readonly<Record<string, number>> {
  const trainTargets = Float64Array.from(split.train, (row) => fitData.targetsBps[row]!)
  return {
    ...evaluate(outputs, evaluationData, baselineOf(trainTargets, thresholdBps), thresholdBps),
    ...compareWithBaselines(
      scoreForecasts(outputs, evaluationData, thresholdBps),
      fitBaselines(fitData, split, thresholdBps, withLogistic),
      evaluationData,
      thresholdBps,
    ),
  }
}

async function contentOf(
  request: BundleRequest,
  split: Split,
  fitted: FittedForecaster,
  metrics: Readonly<Record<string, number>>,
): Promise<Omit<ManifestDraft, 'version' | 'createdAt'>> {
  const { family, fitData, evaluationData } = request
  const { featureNames, steps, barMs, horizonBars } = fitData.shape
  const { architecture, calibration, deviationBps, trials, weights, training, parent } = fitted
  return {
    family,
    ...(parent !== undefined && { parent }),
    opset: OPSET,
    features: { names: [...featureNames], schemaHash: request.schemaHash },
    barMs,
    steps,
    horizonBars,
    architecture,
    ...(weights && { weights }),
    fit: {
      source: request.source,
      ...(request.window !== undefined && { window: request.window }),
      seeds: [...request.seeds],
      evaluationSeeds: [...request.evaluationSeeds],
      trainRows: split.train.length,
      validationRows: split.validation.length,
      evaluationRows: evaluationData.rows,
      trials,
    },
    ...(training && { training }),
    metrics,
    calibration,
    limits: { meanAbsMaxBps: DEVIATIONS_MAX * deviationBps, volatilityMaxBps: DEVIATIONS_MAX * deviationBps },
    golden: await goldenOf(fitted, fitData),
  }
}

/** A few rows of the fit, evenly spaced, and one far outside it, where the scaler clips. */
async function goldenOf(fitted: FittedForecaster, { inputs, rows, shape }: Dataset): Promise<Manifest['golden']> {
  const width = shape.steps * shape.featureNames.length
  const rowAt = (row: number): number[] => [...inputs.subarray(row * width, (row + 1) * width)]
  const chosen = Array.from({ length: GOLDEN_ROWS }, (_, i) => rowAt(Math.floor((i * rows) / GOLDEN_ROWS)))
  const extreme = rowAt(0).map((_, i) => Math.fround((i % 2 === 0 ? 1 : -1) * 1_000_000))
  const goldenInputs = [...chosen, extreme]
  const outputs = await fitted.forecast(Float32Array.from(goldenInputs.flat()), goldenInputs.length)
  return {
    inputs: goldenInputs,
    outputs: goldenOutputs(outputs, goldenInputs.length, LEVELS.length),
    tolerance: TOLERANCE,
  }
}
