import { check } from '../core/check.ts'
import type { Clock } from '../core/clock.port.ts'
import { InputError, messageOf } from '../core/errors.ts'
import type { FeatureWindow } from '../features/feature-row.ts'
import type { ModelBundle } from '../model/bundle.ts'
import type { ForecasterOutputs } from '../model/forecaster-outputs.ts'
import { checkGolden } from './check-golden.ts'
import type { Forecast, NoForecast } from './forecast.ts'
import type { ModelRuntime, ModelSession } from './model-runtime.port.ts'
import { missingOutput, readOutputs } from './read-outputs.ts'

/** Windows in one run. */
const BATCH_MAX = 1_024
/** Enough for the runtime's lazy allocations and the JIT of our own code. */
const WARM_UP_RUNS = 20

/** A model that has proved its golden vectors and is warm. */
export interface Forecaster {
  readonly modelId: string
  readonly provider: string
  readonly steps: number
  readonly features: number
  readonly horizonBars: number
  /** ISO 8601; absent: never. */
  readonly expiresAt?: string
  /**
   * One run for the windows of all instruments that closed together (at most 1,024), answers in their order. Never throws and never
   * answers zeros in place of a failure.
   */
  forecast(windows: readonly FeatureWindow[]): Promise<readonly (Forecast | NoForecast)[]>
  release(): Promise<void>
}

/**
 * Loads `bundle` on `provider`, proves its golden vectors and warms it up. Under `auto` a provider that loads but computes something
 * else gives way to the CPU. Throws `InputError` when the model must not be used.
 */
export async function loadForecaster(
  bundle: ModelBundle,
  runtime: ModelRuntime,
  provider: string,
  clock: Clock,
): Promise<Forecaster> {
  const session = await loadProven(bundle, runtime, provider)
  const { manifest, modelId } = bundle
  const forecaster: Forecaster = {
    modelId,
    provider: session.provider,
    steps: manifest.steps,
    features: manifest.features.names.length,
    horizonBars: manifest.horizonBars,
    ...(manifest.expiresAt === undefined ? {} : { expiresAt: manifest.expiresAt }),
    forecast: (windows) => forecastBatch(bundle, session, clock, windows),
    release: () => session.release(),
  }
  await warmUp(bundle, session)
  return forecaster
}

async function loadProven(bundle: ModelBundle, runtime: ModelRuntime, provider: string): Promise<ModelSession> {
  const { steps, features } = bundle.manifest
  const session = await runtime.load(bundle.graph, { steps, features: features.names.length }, provider)
  try {
    await checkGolden(bundle, session)
    return session
  } catch (error) {
    await session.release()
    if (provider === 'auto' && session.provider !== 'cpu') return await loadProven(bundle, runtime, 'cpu')
    if (error instanceof InputError) throw error
    throw new InputError(
      `${bundle.modelId} on ${session.provider}: the golden run failed: ${messageOf(error)}`,
      {},
      error,
    )
  }
}

async function warmUp({ manifest }: ModelBundle, session: ModelSession): Promise<void> {
  const [row] = manifest.golden.inputs
  const input = Float32Array.from(row ?? [])
  for (let i = 0; i < WARM_UP_RUNS; i += 1) await session.run(input, 1)
}

async function forecastBatch(
  bundle: ModelBundle,
  session: ModelSession,
  clock: Clock,
  windows: readonly FeatureWindow[],
): Promise<readonly (Forecast | NoForecast)[]> {
  check(windows.length <= BATCH_MAX, `at most ${BATCH_MAX} windows in a run`, windows.length)
  const startedMs = clock.monotonicMs()
  const { modelId, manifest } = bundle
  const failures = windows.map((window) => windowFailure(bundle, window))
  const usable = windows.filter((_, i) => failures[i] === undefined)
  const outputs = await runBatch(bundle, session, usable)
  const latencyMs = clock.monotonicMs() - startedMs
  const outcomeOf = (row: number): Forecast | NoForecast => {
    const reading = 'failure' in outputs ? outputs : readOutputs(outputs, manifest, row)
    if ('failure' in reading) return { modelId, failure: reading.failure }
    const { horizonBars, calibration } = manifest
    return { modelId, provider: session.provider, horizonBars, levels: calibration.levels, ...reading, latencyMs }
  }
  let row = 0
  return failures.map((failure) => {
    if (failure !== undefined) return { modelId, failure }
    row += 1
    return outcomeOf(row - 1)
  })
}

/** Why a window may not be shown to the model. The graph's Clip would turn NaN into a bound, so it is caught here. */
function windowFailure({ manifest }: ModelBundle, window: FeatureWindow): string | undefined {
  const { features, steps } = manifest
  if (!window.ready) return 'the window is not ready'
  if (window.row.schemaHash !== features.schemaHash) return `the window has schema ${window.row.schemaHash}`
  const length = steps * features.names.length
  if (window.values.length !== length) return `the window has ${window.values.length} values, not ${length}`
  const at = window.values.findIndex((value) => !Number.isFinite(value))
  if (at < 0) return undefined
  return `feature ${features.names[at % features.names.length]} was ${window.values[at]}`
}

async function runBatch(
  { manifest }: ModelBundle,
  session: ModelSession,
  windows: readonly FeatureWindow[],
): Promise<ForecasterOutputs | { readonly failure: string }> {
  if (windows.length === 0) return { failure: 'no window' }
  const width = manifest.steps * manifest.features.names.length
  const input = new Float32Array(windows.length * width)
  for (const [row, window] of windows.entries()) input.set(window.values, row * width)
  try {
    const outputs = await session.run(input, windows.length)
    const missing = missingOutput(outputs, manifest, windows.length)
    return missing === undefined ? outputs : { failure: missing }
  } catch (error) {
    return { failure: `the run failed: ${messageOf(error)}` }
  }
}
