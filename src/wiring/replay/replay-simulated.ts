import { converter, type Instrument } from '../../core/instrument.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import type { Journal } from '../../trading/journal.port.ts'
import type { ReplayConfig } from '../config/schema.ts'
import { type RunCounts, runCounter } from '../daemon/run-counts.ts'
import type { ServedModel } from '../models/served-model.ts'
import type { Session } from '../session/session.ts'
import { quoteCheck } from './quote-check.ts'
import { replayTapes } from './replay-tape.ts'
import { simulatedSession } from './simulated-session.ts'
import { tapeLines } from './tape-lines.ts'
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
  /** Of each family. */
  readonly models: readonly string[]
  /** That they ran on, each once. */
  readonly providers: readonly string[]
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
  readonly schema: FeatureSchema
  readonly served: readonly ServedModel[]
  readonly journal: Journal
  readonly monotonicMs: () => number
}

/** Orders meet a simulated venue. */
export async function replaySimulated(files: readonly string[], parts: SimulatedReplay): Promise<ReplaySummary> {
  const { config, tapes: said, instruments, schema, served, journal, monotonicMs } = parts
  const { startingBalance, latenessMs } = config.replay
  const simulated = simulatedSession({
    ...{ config, instruments, schema, served, journal, monotonicMs },
    deposit: startingBalance,
    ledgerTag: 'replay',
  })
  const { session, trader, time, scheduler, currency, isBusy } = simulated
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
    isBusy,
  })
  const workSeconds = (monotonicMs() - startedAtMs) / 1_000
  const equity = session.equityQuote()
  await simulated.end()
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
    models: served.map(({ forecaster }) => forecaster.modelId),
    providers: [...new Set(served.map(({ forecaster }) => forecaster.provider))],
    equity,
    pnl: equity - Number(startingBalance),
    currency,
    tapeSeconds,
    realTimeFactor: tapeSeconds / workSeconds,
  }
}

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
