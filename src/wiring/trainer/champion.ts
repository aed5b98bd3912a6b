import { readBundle } from '../../adapters/bundle/read-bundle.ts'
import type { Clock } from '../../core/clock.port.ts'
import { InputError } from '../../core/errors.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import { isForecast } from '../../inference/forecast.ts'
import { type Forecaster, loadForecaster } from '../../inference/forecaster.ts'
import type { ModelRuntime } from '../../inference/model-runtime.port.ts'
import { type ModelBundle, openBundle } from '../../model/bundle/bundle.ts'
import type { Manifest } from '../../model/bundle/manifest.ts'
import { type ForecasterOutputs, LEVELS } from '../../model/forecaster-outputs.ts'
import type { Dataset } from '../../training/dataset.ts'
import { gather } from '../../training/window-inputs.ts'

/** Windows in one run. */
const BATCH = 512

/** A model on disk that is asked about the rows of a dataset. */
export interface Champion {
  readonly version: string
  readonly manifest: Manifest
  /** It may have learnt from what came before, milliseconds since the epoch; −Infinity: from no real bar. */
  readonly learntUntil: number
  /** One for each row. Throws `InputError` where it cannot be asked about windows of this shape. */
  forecast(data: Dataset): Promise<ForecasterOutputs>
  release(): Promise<void>
}

/** Loads a version, proved and warm. Throws `InputError` naming what is wrong with it. */
export async function openChampion(
  familyFolder: string,
  version: string,
  schema: FeatureSchema,
  runtime: ModelRuntime,
  clock: Pick<Clock, 'monotonicMs'>,
): Promise<Champion> {
  const running = { names: schema.names, schemaHash: schema.hash, barMs: schema.settings.barMs }
  const bundle = openBundle(await readBundle(familyFolder, version), running)
  return championOfBundle(bundle, await loadForecaster(bundle, runtime, 'cpu', clock), schema)
}

export function championOfBundle({ manifest }: ModelBundle, forecaster: Forecaster, schema: FeatureSchema): Champion {
  return {
    version: manifest.version,
    manifest,
    learntUntil: learntUntil(manifest),
    forecast: (data) => forecastRows(forecaster, data, schema.hash),
    release: () => forecaster.release(),
  }
}

function learntUntil({ fit }: Manifest): number {
  if (fit.window === 'simulated') return Number.NEGATIVE_INFINITY
  // Nobody wrote down what it has seen: it may have seen everything.
  return fit.window === undefined ? Number.POSITIVE_INFINITY : Date.parse(fit.window.to)
}

async function forecastRows(forecaster: Forecaster, data: Dataset, schemaHash: string): Promise<ForecasterOutputs> {
  const { steps, horizonBars } = data.shape
  if (forecaster.horizonBars !== horizonBars || forecaster.steps > steps) {
    throw new InputError(
      `${forecaster.modelId} looks back on ${forecaster.steps} bars and ahead ${forecaster.horizonBars}; the recipe has ${steps} and ${horizonBars}: ` +
        'they cannot be compared; give the recipe a family of its own in model.path',
    )
  }
  const width = LEVELS.length
  const outputs = {
    mean: new Float32Array(data.rows),
    volatility: new Float32Array(data.rows),
    quantiles: new Float32Array(data.rows * width),
    classes: new Float32Array(data.rows * 3),
  }
  for (let from = 0; from < data.rows; from += BATCH) {
    const rows = Int32Array.from({ length: Math.min(BATCH, data.rows - from) }, (_, i) => from + i)
    const gathered = gather(data.inputs, rows)
    const { width: values } = data.inputs
    const windows = Array.from(rows, (_, i) => ({
      values: gathered.subarray(i * values, (i + 1) * values),
      ...{ steps, ready: true, row: { schemaHash } },
    }))
    for (const [i, said] of (await forecaster.forecast(windows)).entries()) {
      if (!isForecast(said)) throw new InputError(`${forecaster.modelId}: it gives no forecast: ${said.failure}`)
      outputs.mean[from + i] = said.meanBps
      outputs.volatility[from + i] = said.volatilityBps
      outputs.quantiles.set(said.quantilesBps, (from + i) * width)
      outputs.classes.set(said.classes, (from + i) * 3)
    }
  }
  return outputs
}
