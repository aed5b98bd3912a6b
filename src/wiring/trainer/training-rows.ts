import { join } from 'node:path'
import { rowCache } from '../../adapters/rows/row-cache.ts'
import type { Clock } from '../../core/clock.port.ts'
import { InputError } from '../../core/errors.ts'
import { converter, type Instrument, type InstrumentSymbol } from '../../core/instrument.ts'
import { epochMs } from '../../core/units.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import type { FundingPayment } from '../../market/candles/candle.ts'
import { demoMarkets } from '../../simulation/exchange/demo-markets.ts'
import type { RowTable } from '../../training/rows/row-table.ts'
import { candleInstruments } from '../backtest/candle-instruments.ts'
import { loadSeries } from '../backtest/load-series.ts'
import type { Config, TrainConfig } from '../config/schema.ts'
import type { TrainerConfig } from '../config/trainer-section.ts'
import type { Io } from '../io.ts'
import { instrumentsOn } from '../replay/tape-instruments.ts'
import { tapeSessions } from '../replay/tape-sessions.ts'
import { barLogSource } from '../rows/bar-log-source.ts'
import type { BarSource } from '../rows/bar-source.ts'
import { ROWS_MAX } from '../rows/build-rows.ts'
import { cachedRows, logRows } from '../rows/cached-rows.ts'
import { candleSource } from '../rows/candle-source.ts'
import { simulatedSource } from '../rows/simulated-source.ts'
import { tapeSource } from '../rows/tape-source.ts'
import { barLogOf, loggedInstruments } from './bar-log-of.ts'
import { rowsHash } from './rows-hash.ts'

/** Of all cached rows together. */
const CACHE_BYTES_MAX = 20e9
/** 2025-01-01T00:00:00Z, where simulated markets begin. */
export const SIMULATED_FROM = 1_735_689_600_000

/** What there is to learn from. */
export interface TrainingRows {
  readonly tables: readonly RowTable[]
  readonly instruments: readonly Instrument[]
  /** Names the rows by their content: every trial on them counts. */
  readonly dataHash: string
  /** Of funding, where bars announce none. */
  readonly payments?: ReadonlyMap<InstrumentSymbol, readonly FundingPayment[]> | undefined
  /** For people. */
  readonly source: string
}

export interface RowsParts {
  readonly schema: FeatureSchema
  readonly clock: Pick<Clock, 'now'>
  readonly io: Pick<Io, 'err'>
}

/** The rows that `train.data` names, the latest `trainer.windowBars` of each instrument. Throws `InputError`. */
export async function configuredRows(config: TrainConfig, parts: RowsParts): Promise<TrainingRows> {
  const { data } = config.train
  if (data.kind === 'bars')
    return await loggedRows({ ...config, mode: data.mode }, { ...config.trainer, bars: data.dir }, parts)
  const { source, instruments, payments } = await openSource(config, parts)
  const settings = { schema: parts.schema, converters: instruments.map((one) => converter(one)), rowsMax: ROWS_MAX }
  const tables = await cachedRows(source, settings, cacheOf(config.trainer, parts))
  return { ...cutRows(tables, instruments, config.trainer.windowBars, data.kind), payments }
}

/** The bars that a daemon has written, up to `until`, milliseconds since the epoch. */
export async function loggedRows(
  config: Pick<Config, 'mode' | 'venue' | 'symbols' | 'barMs'>,
  { bars, windowBars, dir }: Pick<TrainerConfig, 'windowBars' | 'dir'> & { readonly bars: string },
  { schema, clock, io }: RowsParts,
  until = Number.POSITIVE_INFINITY,
): Promise<TrainingRows> {
  const place = barLogOf(bars, config, schema)
  const instruments = await loggedInstruments(place, config.symbols)
  const source = await barLogSource(place, config.symbols)
  const settings = { schema, converters: instruments.map((one) => converter(one)), rowsMax: ROWS_MAX }
  const from = Math.min(until, clock.now()) - windowBars * config.barMs
  const tables = await logRows(source, settings, cacheOf({ dir }, { clock, io }), from)
  return cutRows(
    tables.map((table) => rowsUntil(table, until)),
    instruments,
    windowBars,
    'bar log',
  )
}

async function openSource(
  config: TrainConfig,
  { schema, io }: RowsParts,
): Promise<Pick<TrainingRows, 'instruments' | 'payments'> & { readonly source: BarSource }> {
  const { train, barMs, symbols, trainer } = config
  const { data } = train
  switch (data.kind) {
    case 'candles': {
      const { halfSpreadBps } = trainer.simulation.candles
      const told = {
        ...{ symbols, barMs, simulation: trainer.simulation },
        backtest: { data: data.files, instruments: data.instruments },
      }
      const instruments = candleInstruments(told)
      const series = await loadSeries(told)
      const converters = instruments.map((one) => converter(one))
      const payments = new Map(series.map(({ symbol, funding }) => [symbol, funding]))
      return { source: candleSource({ series, converters, halfSpreadBps }), instruments, payments }
    }
    case 'tapes': {
      const tapes = await tapeSessions(data.files)
      const told = { ...config, section: 'train.data', described: data.instruments } as const
      const instruments = await instrumentsOn(data.files, tapes, told, io)
      const converters = instruments.map((one) => converter(one))
      return {
        source: await tapeSource({ files: data.files, converters, schema, latenessMs: config.feed.graceMs }),
        instruments,
      }
    }
    case 'simulated': {
      const all = demoMarkets(data.alpha)
      const markets = symbols.map((symbol) => {
        const market = all.find(({ instrument }) => instrument.symbol === symbol)
        if (market) return market
        const known = all.map(({ instrument }) => instrument.symbol).join(', ')
        throw new InputError(`symbols: ${symbol} is not simulated; one of ${known}`, { symbol })
      })
      const { seed, bars } = data
      const source = simulatedSource({ seed, startAt: epochMs(SIMULATED_FROM), markets, bars, schema })
      return { source, instruments: markets.map(({ instrument }) => instrument) }
    }
    case 'bars':
      throw new InputError('train.data.kind was bars; a bar log is read part by part')
  }
}

const cacheOf = ({ dir }: Pick<TrainerConfig, 'dir'>, { clock, io }: Pick<RowsParts, 'clock' | 'io'>) =>
  rowCache(join(dir, 'rows'), { bytesMax: CACHE_BYTES_MAX, clock, onProblem: (problem) => io.err(problem) })

function cutRows(
  tables: readonly RowTable[],
  instruments: readonly Instrument[],
  windowBars: number,
  source: string,
): TrainingRows {
  const cut = tables.map((table) => slicedTable(table, Math.max(0, table.rows - windowBars), table.rows))
  return { tables: cut, instruments, dataHash: rowsHash(cut), source }
}

/** Rows whose bar closed at `until` or before. */
export function rowsUntil(table: RowTable, until: number): RowTable {
  const last = table.endAt.findLastIndex((endAt) => endAt <= until)
  return slicedTable(table, 0, last + 1)
}

/** Rows `[from, to)`; views, no copies. */
export function slicedTable(table: RowTable, from: number, to: number): RowTable {
  const width = table.featureNames.length
  const { symbol, featureNames, schemaHash, barMs } = table
  return {
    ...{ symbol, featureNames, schemaHash, barMs, rows: to - from },
    startAt: table.startAt.subarray(from, to),
    endAt: table.endAt.subarray(from, to),
    values: table.values.subarray(from * width, to * width),
    ready: table.ready.subarray(from, to),
    tainted: table.tainted.subarray(from, to),
    open: table.open.subarray(from, to),
    high: table.high.subarray(from, to),
    low: table.low.subarray(from, to),
    close: table.close.subarray(from, to),
    volume: table.volume.subarray(from, to),
    bidTicks: table.bidTicks.subarray(from, to),
    askTicks: table.askTicks.subarray(from, to),
    markPrice: table.markPrice.subarray(from, to),
    fundingRate: table.fundingRate.subarray(from, to),
    nextFundingAt: table.nextFundingAt.subarray(from, to),
  }
}
