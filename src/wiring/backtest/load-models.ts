import { basename, join, resolve } from 'node:path'
import { readBundle, readCurrentVersion } from '../../adapters/bundle/read-bundle.ts'
import { writeBundle } from '../../adapters/bundle/write-bundle.ts'
import { workerRuntime } from '../../adapters/onnx/worker-runtime.ts'
import type { Clock } from '../../core/clock.port.ts'
import { eachOrNone } from '../../core/each-or-none.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import { loadForecaster } from '../../inference/forecaster.ts'
import type { ModelRuntime } from '../../inference/model-runtime.port.ts'
import { openBundle } from '../../model/bundle/bundle.ts'
import { loadModelSettings } from '../config/load-config.ts'
import type { BacktestConfig } from '../config/schema.ts'
import type { Io } from '../io.ts'
import { familiesFor, type ModelFamily, ofGroup } from '../models/model-families.ts'
import type { BacktestModels, FamilyModels } from './backtest.ts'
import { fixedModel, walkingModels } from './backtest-models.ts'
import type { DatedModel } from './walk-forward.ts'

export interface LoadedModels {
  readonly families: readonly FamilyModels[]
  /** Every model that decided so far, family by family, and what it had learnt from; null where nobody knows. */
  dated(): readonly TrainedModel[]
}

/** A model and the span of its bars; `simulated` data have no days. */
export interface TrainedModel extends Pick<DatedModel, 'modelId'> {
  readonly from: string | null
  readonly to: string | null
  readonly metrics: Readonly<Record<string, number>>
}

interface LoadedFamily {
  readonly models: BacktestModels
  dated(): readonly TrainedModel[]
}

interface Loading {
  readonly config: BacktestConfig
  readonly schema: FeatureSchema
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly runtime: ModelRuntime
}

export interface LoadOptions {
  /** Absent: each model in a thread of its own. */
  readonly runtime?: ModelRuntime
  /** The instruments that are there; absent: those of the configuration. */
  readonly symbols?: readonly InstrumentSymbol[]
}

/** For each family walk-forward where the configuration has `retrain`, else its champion. Throws `InputError`. */
export async function loadModels(
  config: BacktestConfig,
  schema: FeatureSchema,
  clock: Pick<Clock, 'monotonicMs'>,
  io: Io,
  { runtime = workerRuntime({ intraOpThreads: config.model.threads, idleMax: 0 }), symbols }: LoadOptions = {},
): Promise<LoadedModels> {
  const loading = { config, schema, clock, runtime }
  const loadFamily = config.backtest.retrain ? await walks(loading, config.backtest.retrain, io) : champion(loading)
  const families = await eachOrNone(
    familiesFor(config, symbols ?? config.symbols),
    async (family) => ({ ...family, ...(await loadFamily(family)) }),
    ({ models }) => models,
  )
  return { families, dated: () => families.flatMap((family) => family.dated()) }
}

type LoadFamily = (family: ModelFamily) => Promise<LoadedFamily>

const champion =
  ({ config, schema, clock, runtime }: Loading): LoadFamily =>
  async ({ path }) => {
    const version = await readCurrentVersion(path)
    const bundle = openBundle(await readBundle(path, version), {
      names: schema.names,
      schemaHash: schema.hash,
      barMs: config.barMs,
    })
    const forecaster = await loadForecaster(bundle, runtime, config.model.provider, clock)
    const { fit, metrics } = bundle.manifest
    const span = typeof fit.window === 'object' ? fit.window : { from: null, to: null }
    return { models: fixedModel(forecaster), dated: () => [{ modelId: forecaster.modelId, ...span, metrics }] }
  }

async function walks(
  { schema, clock, runtime }: Loading,
  retrain: NonNullable<BacktestConfig['backtest']['retrain']>,
  io: Io,
): Promise<LoadFamily> {
  const settings = retrain.model === undefined ? undefined : loadModelSettings(retrain.model)
  // Only who trains needs all that trains.
  const { chooseFitter } = await import('../fit/choose-fitter.ts')
  const { WalkForward } = await import('./walk-forward.ts')
  return async ({ group, symbols }) => {
    const out = join(resolve(retrain.out), group ?? '')
    const walk = new WalkForward({
      settings: retrain,
      family: basename(out),
      ...{ schema, symbols, runtime, clock },
      fit: await chooseFitter(settings, { ...io, err: (line) => io.err(ofGroup(group) + line) }),
      save: async ({ version, files }) => {
        await writeBundle(out, version, files)
      },
    })
    return { models: walkingModels(walk, retrain), dated: () => walk.models }
  }
}
