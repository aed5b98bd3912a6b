import { basename, resolve } from 'node:path'
import { readBundle, readCurrentVersion } from '../../adapters/bundle/read-bundle.ts'
import { writeBundle } from '../../adapters/bundle/write-bundle.ts'
import { workerRuntime } from '../../adapters/onnx/worker-runtime.ts'
import type { Clock } from '../../core/clock.port.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import { loadForecaster } from '../../inference/forecaster.ts'
import type { ModelRuntime } from '../../inference/model-runtime.port.ts'
import { openBundle } from '../../model/bundle/bundle.ts'
import { loadModelSettings } from '../config/load-config.ts'
import type { BacktestConfig } from '../config/schema.ts'
import type { Io } from '../io.ts'
import type { BacktestModels } from './backtest.ts'
import { fixedModel, walkingModels } from './backtest-models.ts'
import type { DatedModel } from './walk-forward.ts'

export interface LoadedModels {
  readonly models: BacktestModels
  /** Every model that decided so far, and what it had learnt from; null where nobody knows. */
  dated(): readonly TrainedModel[]
}

/** A model and the span of its bars; `simulated` data have no days. */
export interface TrainedModel extends Pick<DatedModel, 'modelId'> {
  readonly from: string | null
  readonly to: string | null
  readonly metrics: Readonly<Record<string, number>>
}

/** Walk-forward where the configuration has `retrain`, else the champion of `model.path`. Throws `InputError`. */
export async function loadModels(
  config: BacktestConfig,
  schema: FeatureSchema,
  clock: Pick<Clock, 'monotonicMs'>,
  io: Io,
  runtime: ModelRuntime = workerRuntime({ intraOpThreads: config.model.threads }),
): Promise<LoadedModels> {
  const { retrain } = config.backtest
  if (!retrain) {
    const { path, provider } = config.model
    const version = await readCurrentVersion(path)
    const bundle = openBundle(await readBundle(path, version), {
      names: schema.names,
      schemaHash: schema.hash,
      barMs: config.barMs,
    })
    const forecaster = await loadForecaster(bundle, runtime, provider, clock)
    const { fit, metrics } = bundle.manifest
    const span = typeof fit.window === 'object' ? fit.window : { from: null, to: null }
    return { models: fixedModel(forecaster), dated: () => [{ modelId: forecaster.modelId, ...span, metrics }] }
  }
  const out = resolve(retrain.out)
  const settings = retrain.model === undefined ? undefined : loadModelSettings(retrain.model)
  // Only who trains needs all that trains.
  const { chooseFitter } = await import('../fit/choose-fitter.ts')
  const { WalkForward } = await import('./walk-forward.ts')
  const walk = new WalkForward({
    settings: retrain,
    family: basename(out),
    schema,
    symbols: config.symbols,
    fit: await chooseFitter(settings, io),
    runtime,
    clock,
    save: async ({ version, files }) => {
      await writeBundle(out, version, files)
    },
  })
  return { models: walkingModels(walk, retrain), dated: () => walk.models }
}
