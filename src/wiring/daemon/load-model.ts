import { readCurrentBundle } from '../../adapters/bundle/read-bundle.ts'
import { onnxRuntime } from '../../adapters/onnx/onnx-runtime.ts'
import type { Clock } from '../../core/clock.port.ts'
import { InputError } from '../../core/errors.ts'
import { type EpochMs, epochMs } from '../../core/units.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import { type Forecaster, loadForecaster } from '../../inference/forecaster.ts'
import { type ModelBundle, openBundle } from '../../model/bundle.ts'
import { SIMULATED_SOURCE } from '../../model/manifest.ts'
import type { Config } from '../config/schema.ts'
import { loadFeatureSchema } from '../features/load-feature-schema.ts'

export interface LoadedModel {
  readonly schema: FeatureSchema
  readonly forecaster: Forecaster
  /** No entries from then on; undefined: never. */
  readonly expiresAt: EpochMs | undefined
}

/** The champion of the configured family: checked, proved, warm. Throws `InputError` when it must not be used. */
export async function loadModel(config: Config, clock: Clock): Promise<LoadedModel> {
  const { path, provider, threads, expiresAfterMs } = config.model
  const schema = await loadFeatureSchema({ barMs: config.barMs, ...config.features })
  const bundle = openBundle(await readCurrentBundle(path), {
    names: schema.names,
    schemaHash: schema.hash,
    barMs: config.barMs,
  })
  refuseUnfitForMoney(config, bundle)
  const forecaster = await loadForecaster(bundle, onnxRuntime({ intraOpThreads: threads }), provider, clock)
  const ends = [
    ...(forecaster.expiresAt === undefined ? [] : [Date.parse(forecaster.expiresAt)]),
    ...(expiresAfterMs === undefined ? [] : [Date.parse(bundle.manifest.createdAt) + expiresAfterMs]),
  ]
  return { schema, forecaster, expiresAt: ends.length === 0 ? undefined : epochMs(Math.min(...ends)) }
}

/** A model that has only seen the simulator knows nothing of a real market. A live config that points at a simulator may use it. */
function refuseUnfitForMoney(config: Config, { modelId, manifest }: ModelBundle): void {
  if (config.mode !== 'live' || config.venue.baseUrl !== undefined) return
  if (!manifest.fit.source.startsWith(SIMULATED_SOURCE)) return
  throw new InputError(
    `model.path ${config.model.path}: ${modelId} was fitted on ${manifest.fit.source}; live mode refuses a model that has never seen a real market`,
    { modelId },
  )
}
