import type { Clock } from '../../core/clock.port.ts'
import { epochMs } from '../../core/units.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import type { CandleSeries } from '../../market/candles/candle.ts'
import type { RunData } from '../../report/backtest/about.ts'
import type { BacktestConfig } from '../config/schema.ts'
import { loadFeatureSchema } from '../features/load-feature-schema.ts'
import type { Io } from '../io.ts'
import type { BacktestSource, RunWatch, SourceCheck, SourcedRun } from './backtest-source.ts'
import { checkLookahead, withPlantedLookahead } from './check-lookahead.ts'
import type { CheckOptions } from './compare-prefixes.ts'
import { learntFrom } from './learnt-from.ts'
import { loadModels } from './load-models.ts'
import { barsBytes, loadSeries } from './load-series.ts'
import { runBacktest } from './run-backtest.ts'
import { type FeatureThread, startFeatureThread } from './window-thread.ts'

export interface CandleOptions {
  /** Folder of the files; undefined: the config file's. */
  readonly folder?: string | undefined
  /** Shows that the check can fail. */
  readonly plantLookahead: boolean
}

/** Reads the candles of a configuration for backtests, and says which rows were repaired. Throws `InputError`. */
export async function openCandles(
  { folder, plantLookahead }: CandleOptions,
  config: BacktestConfig,
  clock: Pick<Clock, 'monotonicMs'>,
  io: Io,
): Promise<BacktestSource> {
  // It starts while the files are read.
  const thread = (await barsBytes(config, folder)) < THREAD_BYTES_MIN ? undefined : startFeatureThread()
  try {
    const series = await loadSeries(config, folder)
    for (const line of repairLines(series)) io.err(line)
    const schema = await loadFeatureSchema({ barMs: config.barMs, ...config.features })
    return new Candles({ config, series, schema, plantLookahead, clock, io }, thread)
  } catch (error) {
    await thread?.close()
    throw error
  }
}

/** Some thousands of bars are sooner done than a thread is started. */
const THREAD_BYTES_MIN = 1_000_000

interface CandlesParts {
  readonly config: BacktestConfig
  readonly series: readonly CandleSeries[]
  readonly schema: FeatureSchema
  readonly plantLookahead: boolean
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly io: Io
}

class Candles implements BacktestSource {
  readonly #parts: CandlesParts

  #thread: FeatureThread | undefined

  constructor(parts: CandlesParts, thread: FeatureThread | undefined) {
    this.#parts = parts
    this.#thread = thread
  }

  async run(watch: RunWatch): Promise<SourcedRun> {
    const { config, schema, series, clock, io } = this.#parts
    const { families, dated } = await loadModels(config, schema, clock, io)
    const monotonicMs = () => clock.monotonicMs()
    const featureThread = this.#threadFor(series)
    const outcome = await runBacktest({ config, schema, series, families, monotonicMs, featureThread, ...watch })
    return {
      ...{ source: 'bars', outcome, models: dated(), also: {} },
      data: series.map((one) => dataOf(one, config)),
      takerFeeRate: config.backtest.instruments[0]!.takerFeeRate,
    }
  }

  async checkLookahead(options: CheckOptions): Promise<SourceCheck> {
    const { config, schema, series, plantLookahead, clock, io } = this.#parts
    const learnt = new Set<string>()
    const report = await checkLookahead(
      series,
      async (some, onDecision) => {
        const { families, dated } = await loadModels(config, schema, clock, io)
        const candles = plantLookahead ? some.map(withPlantedLookahead) : some
        const monotonicMs = () => clock.monotonicMs()
        const featureThread = this.#threadFor(candles)
        await runBacktest({ config, schema, series: candles, families, monotonicMs, featureThread, onDecision })
        if (config.backtest.retrain) return
        for (const one of learntFrom(dated(), candles[0]!.candles.at(0)!.startAt)) learnt.add(one)
      },
      options,
    )
    return { ...report, modelsThatSawTheFuture: [...learnt] }
  }

  /** The one that was started while the files were read, for the first run; others have their own. */
  #threadFor(series: readonly CandleSeries[]): FeatureThread | undefined {
    const thread = this.#thread ?? (isLong(series) ? startFeatureThread() : undefined)
    this.#thread = undefined
    return thread
  }

  async close(): Promise<void> {
    await this.#thread?.close()
  }
}

/** As `THREAD_BYTES_MIN`. */
const THREAD_CANDLES_MIN = 20_000

const isLong = (series: readonly CandleSeries[]): boolean => series[0]!.candles.length >= THREAD_CANDLES_MIN

const repaired = ({ repairs }: CandleSeries): readonly (readonly [string, number])[] =>
  (Object.entries(repairs) as readonly (readonly [string, number])[]).filter(([, count]) => count > 0)

const repairLines = (series: readonly CandleSeries[]): readonly string[] =>
  series.flatMap((one) => {
    const done = repaired(one)
    return done.length === 0 ? [] : [`${one.symbol}: ${done.map(([what, count]) => `${what} ${count}`).join(', ')}`]
  })

function dataOf(series: CandleSeries, { backtest }: BacktestConfig): RunData {
  const { symbol, candles, barMs, dataHash } = series
  const { bars, funding, mark } = backtest.instruments.find((one) => one.symbol === symbol)!
  return {
    file: [bars, funding, mark].filter((file) => file !== undefined).join(', '),
    sha256: dataHash,
    symbol,
    rows: candles.length,
    from: candles.at(0)!.startAt,
    to: epochMs(candles.at(-1)!.startAt + barMs),
    repairs: Object.fromEntries(repaired(series)),
  }
}
