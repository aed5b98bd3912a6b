import { readCurrentBundle } from '../../adapters/bundle/read-bundle.ts'
import { onnxRuntime } from '../../adapters/onnx/onnx-runtime.ts'
import type { Clock } from '../../core/clock.port.ts'
import { type EpochMs, epochMs } from '../../core/units.ts'
import { type FeatureSchema, featureSchema } from '../../features/feature-schema.ts'
import { type Forecaster, loadForecaster } from '../../inference/forecaster.ts'
import { openBundle } from '../../model/bundle.ts'
import type { Config } from '../config/schema.ts'

export interface LoadedModel {
  readonly schema: FeatureSchema
  readonly forecaster: Forecaster
  /** No entries from then on; undefined: never. */
  readonly expiresAt: EpochMs | undefined
}

/** The champion of the configured family: checked, proved, warm. Throws `InputError` when it must not be used. */
export async function loadModel(config: Config, clock: Clock): Promise<LoadedModel> {
  const { path, provider, threads, expiresAfterMs } = config.model
  const schema = featureSchema({ barMs: config.barMs, ...config.features })
  const bundle = openBundle(await readCurrentBundle(path), {
    names: schema.names,
    schemaHash: schema.hash,
    barMs: config.barMs,
  })
  const forecaster = await loadForecaster(bundle, onnxRuntime({ intraOpThreads: threads }), provider, clock)
  const ends = [
    ...(forecaster.expiresAt === undefined ? [] : [Date.parse(forecaster.expiresAt)]),
    ...(expiresAfterMs === undefined ? [] : [Date.parse(bundle.manifest.createdAt) + expiresAfterMs]),
  ]
  return { schema, forecaster, expiresAt: ends.length === 0 ? undefined : epochMs(Math.min(...ends)) }
}
