import { converter, type Instrument } from '../../core/instrument.ts'
import { epochMs } from '../../core/units.ts'
import { FRESH_GUARD } from '../../risk/guard.ts'
import { SimulatedVenue } from '../../simulation/venue/simulated-venue.ts'
import type { Journal } from '../../trading/journal.port.ts'
import { trader as createTrader, type Trader } from '../../trading/trader.ts'
import type { ReplayConfig } from '../config/schema.ts'
import { type LoadedModel, oneModel } from '../daemon/load-model.ts'
import { type RunCounts, runCounter } from '../daemon/run-counts.ts'
import { createSession, type Session } from '../session/session.ts'
import { traderDesk } from '../session/trader-desk.ts'
import { quoteCheck } from './quote-check.ts'
import { type ReplayTime, replayTapes } from './replay-tape.ts'
import { tapeLines } from './tape-lines.ts'
import { tapeScheduler } from './tape-scheduler.ts'
import type { TapeSessions } from './tape-sessions.ts'

export interface ReplaySummary extends RunCounts {
  readonly mode: 'replay'
  readonly symbols: readonly string[]
  readonly frames: number
  /** Trade frames on the tape, those that are no market trades included. */
  readonly trades: number
  /** Of these: insurance fund, ADL. They enter no bar and no volume. */
  readonly tradesExcluded: number
  readonly lateTrades: number
  readonly bookUpdates: number
  readonly bookTickers: number
  /** Best quotes compared with the rebuilt book at equal update ids, and how many differed. */
  readonly bookTickersCompared: number
  readonly bookTickerMismatches: number
  readonly malformedFrames: number
  /** Last lines that broke off, and the ends of own tapes that were cut off. */
  readonly truncatedLines: number
  readonly truncatedMembers: number
  readonly tradedBaseVolume: number
  readonly model: string
  readonly provider: string
  readonly equity: number
  readonly pnl: number
  readonly currency: string
  readonly tapeSeconds: number
  /** Tape seconds per second of work, model loading and the first scan of the tape left out. */
  readonly realTimeFactor: number
}

interface SimulatedReplay {
  readonly config: ReplayConfig
  readonly tapes: Pick<TapeSessions, 'venueId' | 'isRecorded'>
  readonly instruments: readonly Instrument[]
  readonly model: LoadedModel
  readonly journal: Journal
  readonly monotonicMs: () => number
}

/** Orders meet a simulated venue. */
export async function replaySimulated(files: readonly string[], parts: SimulatedReplay): Promise<ReplaySummary> {
  const { config, tapes: said, instruments, model, journal, monotonicMs } = parts
  const time: ReplayTime = { now: epochMs(0), firstAt: epochMs(0) }
  const scheduler = tapeScheduler()
  const { startingBalance, latencyMs, latenessMs } = config.replay
  const venue = new SimulatedVenue({
    instruments,
    latencyMs,
    deposit: startingBalance,
    leverage: config.venue.leverage,
  })
  const trader = createTrader({
    gateway: venue,
    journal,
    instruments,
    clock: { now: () => time.now, monotonicMs },
    scheduler,
    settings: { ...config.trading, reconcileMs: 0 },
  })
  const currency = instruments[0]?.settle ?? ''
  const session = openSession(config, instruments, model, trader, venue, currency, monotonicMs)
  const counter = runCounter()
  session.events$.subscribe((event) => counter.onSession(event))
  trader.events$.subscribe((event) => counter.onTrader(event))
  await trader.start()
  const quotes = quoteCheck()
  const converters = instruments.map((one) => converter(one))
  const startedAtMs = monotonicMs()
  const lines = tapeLines(files)
  const tapes = await replayTapes(lines, {
    session,
    venueId: said.venueId,
    isRecorded: said.isRecorded,
    converters,
    barMs: config.barMs,
    latenessMs,
    time,
    scheduler,
    quotes,
  })
  const workSeconds = (monotonicMs() - startedAtMs) / 1_000
  const equity = session.equityQuote()
  scheduler.finish()
  await trader.stop()
  await venue.close()
  const tapeSeconds = (time.now - time.firstAt) / 1_000
  return {
    mode: 'replay',
    symbols: instruments.map(({ symbol }) => symbol),
    ...counter.counts(),
    frames: tapes.frames,
    truncatedLines: lines.truncatedLines,
    truncatedMembers: lines.truncatedMembers,
    ...marketCounts(session),
    malformedFrames: tapes.malformed,
    bookTickersCompared: quotes.compared,
    bookTickerMismatches: quotes.mismatches,
    model: model.forecaster.modelId,
    provider: model.forecaster.provider,
    equity,
    pnl: equity - Number(startingBalance),
    currency,
    tapeSeconds,
    realTimeFactor: tapeSeconds / workSeconds,
  }
}

const openSession = (
  config: ReplayConfig,
  instruments: readonly Instrument[],
  model: LoadedModel,
  trader: Trader,
  venue: SimulatedVenue,
  currency: string,
  monotonicMs: () => number,
): Session =>
  createSession({
    instruments,
    schema: model.schema,
    models: oneModel(model.forecaster),
    desk: traderDesk(trader, currency),
    clock: { monotonicMs },
    settings: {
      policy: config.policy,
      limits: config.risk,
      collarBps: config.trading.collarBps,
      ledgerTag: 'replay',
    },
    staleMsMax: config.feed.staleMsMax,
    // The recorder's clock and the exchange's may differ by seconds: lateness cannot be told from it.
    lateMsMax: Number.POSITIVE_INFINITY,
    exchangeTimeOf: (local) => local,
    guard: FRESH_GUARD,
    resync: () => undefined, // The tape holds the snapshots that it holds.
    onOrdered: (event) => venue.onMarketEvent(event),
  })

function marketCounts({ pipelines }: Session) {
  const sum = { trades: 0, tradesExcluded: 0, lateTrades: 0, bookUpdates: 0, bookTickers: 0, tradedBaseVolume: 0 }
  for (const pipeline of pipelines.values()) {
    const { trades, excludedTrades, lateTrades, bookUpdates, bookTickers, tradedLots } = pipeline.counters()
    sum.trades += trades + excludedTrades
    sum.tradesExcluded += excludedTrades
    sum.lateTrades += lateTrades
    sum.bookUpdates += bookUpdates
    sum.bookTickers += bookTickers
    sum.tradedBaseVolume += Number(pipeline.converter.quantity(tradedLots).toFixed(8))
  }
  return sum
}
