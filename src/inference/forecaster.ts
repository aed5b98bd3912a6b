import { check } from '../core/check.ts'
import type { Clock } from '../core/clock.port.ts'
import { messageOf } from '../core/errors.ts'
import type { FeatureRow, FeatureWindow } from '../features/feature-row.ts'
import type { ModelBundle } from '../model/bundle/bundle.ts'
import type { Reference } from '../model/bundle/reference-schema.ts'
import type { Forecast, NoForecast } from './forecast.ts'
import type { ModelRuntime } from './model-runtime.port.ts'
import { overlap } from './overlap.ts'
import { readOutputs } from './read-outputs.ts'
import { type Answer, type Serving, type ServingOptions, serve } from './serving.ts'

/** Windows in one run. */
const BATCH_MAX = 1_024

/** What a model looks at of a window. */
export interface ModelWindow extends Pick<FeatureWindow, 'values' | 'steps' | 'ready' | 'allFinite'> {
  readonly row: Pick<FeatureRow, 'schemaHash'>
}

/** What a model said of windows. Each outcome is read when it is asked for, and is then a new one. */
export interface Outcomes {
  /** Of the window `index`, in the order in which they were given. */
  at(index: number): Forecast | NoForecast
}

/** What a bundle says of its model for those who watch it. */
export interface ModelNature {
  /** Quantile levels, ascending. */
  readonly levels: readonly number[]
  /** What its training rows looked like; undefined: nobody wrote it down. */
  readonly reference: Reference | undefined
  readonly featureNames: readonly string[]
  /** False: it was taught something else than forward returns, and what comes of its bars is no measure of it. */
  readonly saysReturns: boolean
}

/** A model that has proved its golden vectors and is warm. */
export interface Forecaster {
  readonly modelId: string
  /** Answers now; another one after a fallback. Each forecast names its own. */
  readonly provider: string
  readonly steps: number
  readonly features: number
  readonly horizonBars: number
  /** Half width of the flat class, basis points. */
  readonly thresholdBps: number
  /** ISO 8601; absent: never. */
  readonly expiresAt?: string
  /** What oversight needs to know of it; absent: it cannot be watched. */
  readonly nature?: ModelNature
  /**
   * One run for the windows of all instruments that closed together (at most 1,024), answers in their order. Of a window longer than
   * the model's, the newest rows count. Never throws and never answers zeros in place of a failure.
   */
  forecast(windows: readonly ModelWindow[]): Promise<readonly (Forecast | NoForecast)[]>
  release(): Promise<void>
}

/** What a backtest asks for many bars at once. */
export interface AheadForecaster extends Forecaster {
  /** As `forecast`, of bars far ahead: nothing is made of their outcomes yet but the outputs of the run. */
  forecastAhead(windows: readonly ModelWindow[]): Promise<Outcomes>
}

/**
 * Loads `bundle` on `provider` (`auto`: the best that proves itself), proves its golden vectors and warms it up. Throws `InputError`
 * when the model must not be used.
 */
export async function loadForecaster(
  bundle: ModelBundle,
  runtime: ModelRuntime,
  provider: string,
  clock: Pick<Clock, 'monotonicMs'>,
  options: ServingOptions = {},
): Promise<AheadForecaster> {
  const serving = await serve(bundle, runtime, provider, options)
  const { manifest, modelId } = bundle
  return {
    modelId,
    get provider() {
      return serving.provider
    },
    steps: manifest.steps,
    features: manifest.features.names.length,
    horizonBars: manifest.horizonBars,
    thresholdBps: manifest.calibration.thresholdBps,
    ...(manifest.expiresAt === undefined ? {} : { expiresAt: manifest.expiresAt }),
    nature: {
      levels: manifest.calibration.levels,
      reference: manifest.reference,
      featureNames: manifest.features.names,
      saysReturns: manifest.labels === undefined,
    },
    async forecast(windows) {
      const outcomes = await forecastBatch(bundle, serving, clock, windows)
      return windows.map((_, index) => outcomes.at(index))
    },
    forecastAhead: (windows) => forecastBatch(bundle, serving, clock, windows),
    release: () => serving.release(),
  }
}

async function forecastBatch(
  bundle: ModelBundle,
  serving: Serving,
  clock: Pick<Clock, 'monotonicMs'>,
  windows: readonly ModelWindow[],
): Promise<Outcomes> {
  check(windows.length <= BATCH_MAX, `at most ${BATCH_MAX} windows in a run`, windows.length)
  const startedMs = clock.monotonicMs()
  const { modelId, manifest } = bundle
  const failures = windows.map((window) => windowFailure(bundle, window))
  const usable = windows.filter((_, i) => failures[i] === undefined)
  const rows = rowsOf(failures)
  const answer = await runBatch(bundle, serving, usable)
  const latencyMs = clock.monotonicMs() - startedMs
  return {
    at(index) {
      const failure = failures[index]
      if (failure !== undefined) return { modelId, failure }
      if ('failure' in answer) return { modelId, failure: answer.failure }
      const { provider, outputs } = answer
      const reading = readOutputs(outputs, manifest, rows[index]!)
      if ('failure' in reading) return { modelId, failure: reading.failure }
      const { horizonBars, calibration } = manifest
      return { modelId, provider, horizonBars, levels: calibration.levels, ...reading, latencyMs }
    },
  }
}

/** Of each window its row in the outputs of the run, which was given those alone that have no failure. */
function rowsOf(failures: readonly (string | undefined)[]): Int32Array {
  const rows = new Int32Array(failures.length)
  let row = 0
  for (const [index, failure] of failures.entries()) {
    rows[index] = row
    if (failure === undefined) row += 1
  }
  return rows
}

/** Why a window may not be shown to the model. The graph's Clip would turn NaN into a bound, so it is caught here. */
function windowFailure({ manifest }: ModelBundle, window: ModelWindow): string | undefined {
  const { features, steps } = manifest
  const width = features.names.length
  if (!window.ready) return 'the window is not ready'
  if (window.row.schemaHash !== features.schemaHash) return `the window has schema ${window.row.schemaHash}`
  if (window.allFinite && window.steps >= steps) return undefined
  const { values } = window
  const { length } = values
  if (length !== window.steps * width) return `the window has ${length} values, not ${window.steps * width}`
  if (window.steps < steps) return `the window has ${window.steps} rows; the model looks back on ${steps}`
  let sum = 0
  for (let at = length - steps * width; at < length; at += 1) sum += values[at]!
  // Doubles never overflow by a sum of so few floats: it is finite when all of them are.
  if (Number.isFinite(sum)) return undefined
  const odd = values.findLastIndex((value) => !Number.isFinite(value))
  return `feature ${features.names[odd % width]} was ${values[odd]}`
}

async function runBatch(
  { manifest }: ModelBundle,
  serving: Serving,
  windows: readonly ModelWindow[],
): Promise<Answer | { readonly failure: string }> {
  if (windows.length === 0) return { failure: 'no window' }
  const { input, stride } = inputOf(windows, manifest.steps * manifest.features.names.length)
  try {
    return await serving.run(input, windows.length, stride)
  } catch (error) {
    return { failure: `the run failed: ${messageOf(error)}` }
  }
}

/** The last `width` values of each window; those that overlap in memory that threads share stay where they are. */
function inputOf(
  windows: readonly ModelWindow[],
  width: number,
): { readonly input: Float32Array; readonly stride?: number } {
  const overlapping = overlap(windows.map(({ values }) => values))
  if (overlapping) {
    const { values, stride } = overlapping
    const skipped = windows[0]!.values.length - width
    return { input: values.subarray(skipped), stride }
  }
  const input = new Float32Array(windows.length * width)
  for (const [row, { values }] of windows.entries()) input.set(values.subarray(values.length - width), row * width)
  return { input }
}
