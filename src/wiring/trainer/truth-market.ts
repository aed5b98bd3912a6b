import { onnxRuntime } from '../../adapters/onnx/onnx-runtime.ts'
import type { Clock } from '../../core/clock.port.ts'
import { converter } from '../../core/instrument.ts'
import { epochMs } from '../../core/units.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import { loadForecaster } from '../../inference/forecaster.ts'
import { checkBundle } from '../../model/bundle/bundle.ts'
import { demoMarkets } from '../../simulation/exchange/demo-markets.ts'
import type { RowTable } from '../../training/rows/row-table.ts'
import type { TrainConfig } from '../config/schema.ts'
import type { TradingTerms } from '../evaluation/forecast-trader.ts'
import { tradingTerms } from '../evaluation/trading-terms.ts'
import { chooseFitter } from '../fit/choose-fitter.ts'
import type { Io } from '../io.ts'
import { buildRows } from '../rows/build-rows.ts'
import { simulatedSource } from '../rows/simulated-source.ts'
import { type Champion, championOfBundle } from './champion.ts'
import { recipeOf } from './recipe.ts'
import { type Candidate, trainCandidate } from './train-candidate.ts'
import { SIMULATED_FROM } from './training-rows.ts'

export interface TruthParts {
  readonly schema: FeatureSchema
  readonly clock: Clock
  readonly io: Io
  /** How far a training is, for people. */
  onPhase?(text: string): void
}

/** One simulated market. */
export interface TruthMarket {
  /** Share of the next seconds' price variance that order flow foretells. */
  readonly alpha: number
  readonly seed: number
  readonly bars: number
  /** From this bar on order flow drives prices the other way; absent: never. */
  readonly alphaFlipAtBar?: number
}

export async function marketRows(
  { symbols }: Pick<TrainConfig, 'symbols'>,
  { alpha, ...market }: TruthMarket,
  schema: FeatureSchema,
): Promise<readonly RowTable[]> {
  const markets = marketsOf(symbols, alpha)
  const source = simulatedSource({ ...market, startAt: epochMs(SIMULATED_FROM), markets, schema })
  return await buildRows(
    source,
    schema,
    markets.map(({ instrument }) => converter(instrument)),
  )
}

const marketsOf = (symbols: readonly string[], alpha: number) =>
  demoMarkets(alpha).filter(({ instrument }) => symbols.includes(instrument.symbol))

export const termsOf = (config: TrainConfig, alpha: number): TradingTerms =>
  tradingTerms(config, { instruments: marketsOf(config.symbols, alpha).map(({ instrument }) => instrument) })

/** As the sidecar would with no champion. */
export async function trainedOn(
  config: TrainConfig,
  tables: readonly RowTable[],
  alpha: number,
  { schema, io, clock, onPhase }: TruthParts,
): Promise<Candidate> {
  const terms = termsOf(config, alpha)
  const recipe = recipeOf(config.trainer)
  return await trainCandidate({
    ...{ family: 'truth', trainer: config.trainer, recipe, schema, tables, terms, instruments: terms.instruments },
    fit: await chooseFitter(recipe.model, io, { threadsMax: 1, onEpoch: () => undefined }),
    champion: undefined,
    trials: { count: 1 },
    source: 'simulated flow',
    createdAt: new Date(clock.now()).toISOString(),
    report: () => '',
    ...(onPhase && { onPhase }),
  })
}

/** A candidate in memory, proved and loaded as a daemon would. */
export async function openCandidate({ model }: Candidate, { schema, clock }: TruthParts): Promise<Champion> {
  const bundle = checkBundle({ folder: `truth/${model.version}`, files: model.files })
  const runtime = onnxRuntime({ intraOpThreads: 1 })
  return championOfBundle(bundle, await loadForecaster(bundle, runtime, 'cpu', clock), schema)
}
