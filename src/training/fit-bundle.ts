import { InputError } from '../core/errors.ts'
import type { Random } from '../core/random.ts'
import { packBundle } from '../model/bundle/bundle.ts'
import type { Manifest, ManifestDraft } from '../model/bundle/manifest.ts'
import { sha256Of } from '../model/bundle/manifest.ts'
import type { Recalibration } from '../model/bundle/recalibration-schema.ts'
import type { ForecasterOutputs } from '../model/forecaster-outputs.ts'
import { LEVELS } from '../model/forecaster-outputs.ts'
import { OPSET } from '../model/graph/onnx-file.ts'
import { modelReport } from '../report/model/model-report.ts'
import { goldenOutputs } from './answer-rows.ts'
import { fitBaselines } from './baselines/fit-baselines.ts'
import { scoreForecasts } from './baselines/score-forecasts.ts'
import { calibratedForecaster } from './calibration/calibrated-forecaster.ts'
import type { CalibrationSettings } from './calibration/calibration-settings.ts'
import { fitReference } from './calibration/fit-reference.ts'
import { compareWithBaselines, lostContests } from './compare-baselines.ts'
import type { Dataset, Split } from './dataset.ts'
import { baselineOf, confusionOf, evaluate } from './evaluate.ts'
import type { NamedForecasts } from './evaluation/out-of-sample.ts'
import { pastOf } from './evaluation/past-rows.ts'
import type { FitForecaster, FittedForecaster } from './fitted-forecaster.ts'
import { forecastDataset } from './forecast-dataset.ts'
import { leakingFeatures } from './leaking-features.ts'
import { gather } from './window-inputs.ts'

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
  /** All rows, and which of them the evaluation rows are: baselines that follow outcomes begin with the first. Absent: they begin anew. */
  readonly history?: { readonly data: Dataset; readonly rows: Int32Array }
  /** Of `fitData`: what is learnt from, and what chooses. */
  readonly split: Split
  /** Rows that correct the answers before they are measured: of neither of the two above. Absent: the answers stay as the fit left them. */
  readonly calibration?: { readonly data: Dataset; readonly settings: CalibrationSettings }
  /** Puts what the training rows look like into the bundle, for the watch over drift. */
  readonly reference?: Random
  /** Judges the model on the evaluation rows; what it says goes into the bundle. */
  readonly assess?: (assessed: Assessed) => Promise<Assessment>
  /** What the model was taught; absent: plain forward returns. */
  readonly labels?: NonNullable<Manifest['labels']>
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

/** A fitted model with its forecasts of the evaluation rows, corrected, and those of the baselines, fitted on the same rows. */
export interface Assessed {
  readonly fitted: FittedForecaster
  readonly outputs: ForecasterOutputs
  readonly recalibration: Recalibration | undefined
  readonly baselines: readonly NamedForecasts[]
}

export interface Assessment {
  readonly verdict: NonNullable<Manifest['verdict']>
  /** Page of the training, with the name that the model got. */
  report(version: string): string
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
  const fitted = await request.fit(fitData, request.split)
  try {
    return await packed(request, fitted)
  } finally {
    await fitted.release?.()
  }
}

async function packed(request: BundleRequest, fitted: FittedForecaster): Promise<FittedModel> {
  const { family, evaluationData, createdAt, calibration: asked } = request
  const { graph, optimizer, versionPrefix, calibration } = fitted
  const { thresholdBps } = calibration
  const calibrated = asked && (await calibratedForecaster(fitted, asked.data, asked.settings))
  const recalibration = calibrated?.recalibration
  const outputs = await forecastDataset(calibrated ?? fitted, evaluationData)
  const baselines = baselinesOf(request, thresholdBps)
  const metrics = measured(request, outputs, baselines, thresholdBps)
  const assessment = await request.assess?.({ fitted, outputs, recalibration, baselines })
  const content = await contentOf(request, fitted, { metrics, recalibration, verdict: assessment?.verdict })
  const version = `${versionPrefix}-${sha256Of(`${sha256Of(graph)} ${JSON.stringify(content)}`).slice(0, 12)}`
  const manifest = { ...content, version, createdAt }
  const lost = lostContests(metrics)
  const confusion = confusionOf(outputs, evaluationData, thresholdBps)
  const notes = lost.map((line) => `On the evaluation rows this model ${line}.`)
  const report = assessment?.report(version) ?? modelReport({ manifest, graph, confusion, notes })
  const files = packBundle(manifest, graph, { report, ...(optimizer && { optimizer }) })
  return { family, version, files, metrics, lost }
}

/** What each says of the evaluation rows. */
function baselinesOf(
  { fitData, split, withLogistic, evaluationData, history }: BundleRequest,
  thresholdBps: number,
): readonly NamedForecasts[] {
  const fits = fitBaselines(fitData, split, thresholdBps, withLogistic)
  const past = history && pastOf(history.data, history.rows)
  return fits.map(({ name, forecast }) => ({
    name,
    outputs: past ? past.pick(forecast(past.data)) : forecast(evaluationData),
  }))
}

/** Scores on the evaluation rows, the baselines' beside them. */
function measured(
  { fitData, evaluationData, split }: BundleRequest,
  outputs: ForecasterOutputs,
  baselines: readonly NamedForecasts[],
  thresholdBps: number,
): Readonly<Record<string, number>> {
  const trainTargets = Float64Array.from(split.train, (row) => fitData.targetsBps[row]!)
  const own = scoreForecasts(outputs, evaluationData, thresholdBps)
  return {
    ...evaluate(outputs, evaluationData, baselineOf(trainTargets, thresholdBps), thresholdBps),
    ...compareWithBaselines(own, baselines, evaluationData, thresholdBps),
  }
}

/** What came of a fit, for the manifest. */
interface Findings {
  readonly metrics: Readonly<Record<string, number>>
  readonly recalibration: Recalibration | undefined
  readonly verdict: Manifest['verdict']
}

/** Newest step of each training window, as the engine gave it. */
function referenceOf({ fitData, split, reference }: BundleRequest): Manifest['reference'] {
  if (!reference) return undefined
  const features = fitData.shape.featureNames.length
  const values = new Float32Array(split.train.length * features)
  const window = new Float32Array(fitData.inputs.width)
  for (const [i, row] of split.train.entries()) {
    fitData.inputs.copy(row, window, 0)
    values.set(window.subarray(window.length - features), i * features)
  }
  return fitReference({ values, rows: split.train.length, features, ignored: fitData.ignored }, reference)
}

async function contentOf(
  request: BundleRequest,
  fitted: FittedForecaster,
  { metrics, recalibration, verdict }: Findings,
): Promise<Omit<ManifestDraft, 'version' | 'createdAt'>> {
  const { family, fitData, evaluationData, split } = request
  const reference = referenceOf(request)
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
    ...(verdict && { verdict }),
    ...(request.labels && { labels: request.labels }),
    calibration: { ...calibration, ...(recalibration && { recalibration }) },
    ...(reference && { reference }),
    limits: { meanAbsMaxBps: DEVIATIONS_MAX * deviationBps, volatilityMaxBps: DEVIATIONS_MAX * deviationBps },
    golden: await goldenOf(fitted, fitData),
  }
}

/** A few rows of the fit, evenly spaced, and one far outside it, where the scaler clips. */
async function goldenOf(fitted: FittedForecaster, { inputs, rows }: Dataset): Promise<Manifest['golden']> {
  const rowAt = (row: number): number[] => [...gather(inputs, Int32Array.of(row))]
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
