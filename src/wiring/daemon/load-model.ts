import { readBundle, readCurrentVersion } from '../../adapters/bundle/read-bundle.ts'
import { onnxRuntime } from '../../adapters/onnx/onnx-runtime.ts'
import type { Clock } from '../../core/clock.port.ts'
import { InputError } from '../../core/errors.ts'
import { epochMs } from '../../core/units.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import { type Forecaster, loadForecaster } from '../../inference/forecaster.ts'
import type { ModelRuntime } from '../../inference/model-runtime.port.ts'
import type { InForce, ModelSource } from '../../inference/model-service.ts'
import type { ServingOptions } from '../../inference/serving.ts'
import { type ModelBundle, openBundle } from '../../model/bundle/bundle.ts'
import { SIMULATED_SOURCE } from '../../model/bundle/manifest.ts'
import type { Config } from '../config/schema.ts'
import { loadFeatureSchema } from '../features/load-feature-schema.ts'

/** Models of the configured family, for the features and bars of the configuration. */
export interface ModelLoader {
  readonly schema: FeatureSchema
  /** What `current` names. Throws `InputError`. */
  currentVersion(): Promise<string>
  /** Checked, proved, warm. Throws `InputError` when it must not be used. */
  load(version: string): Promise<InForce>
}

/** `runtime`: by default in this thread, for replays. */
export async function modelLoader(
  config: Config,
  clock: Clock,
  runtime: ModelRuntime = onnxRuntime({ intraOpThreads: config.model.threads }),
  serving: ServingOptions = {},
): Promise<ModelLoader> {
  const { path, provider, expiresAfterMs } = config.model
  const schema = await loadFeatureSchema({ barMs: config.barMs, ...config.features })
  const running = { names: schema.names, schemaHash: schema.hash, barMs: config.barMs }
  return {
    schema,
    currentVersion: () => readCurrentVersion(path),
    async load(version) {
      const bundle = openBundle(await readBundle(path, version), running)
      refuseUnfitForMoney(config, bundle)
      const forecaster = await loadForecaster(bundle, runtime, provider, clock, serving)
      return { forecaster, expiresAt: expiry(forecaster, bundle, expiresAfterMs) }
    },
  }
}

/** One model for a whole session. */
export interface LoadedModel extends InForce {
  readonly schema: FeatureSchema
}

/** The champion of the configured family: checked, proved, warm. Throws `InputError` when it must not be used. */
export async function loadModel(config: Config, clock: Clock, runtime?: ModelRuntime): Promise<LoadedModel> {
  const loader = await modelLoader(config, clock, runtime)
  return { schema: loader.schema, ...(await loader.load(await loader.currentVersion())) }
}

/** The same model from the first bar to the last. */
export const oneModel = (forecaster: Forecaster, expiresAt?: InForce['expiresAt']): ModelSource => ({
  steps: forecaster.steps,
  take: () => ({ forecaster, expiresAt }),
})

function expiry({ expiresAt }: Forecaster, { manifest }: ModelBundle, expiresAfterMs: number | undefined) {
  const ends = [
    ...(expiresAt === undefined ? [] : [Date.parse(expiresAt)]),
    ...(expiresAfterMs === undefined ? [] : [Date.parse(manifest.createdAt) + expiresAfterMs]),
  ]
  return ends.length === 0 ? undefined : epochMs(Math.min(...ends))
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
