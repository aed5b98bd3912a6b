import { InputError } from '../../core/errors.ts'
import { converter, type Instrument } from '../../core/instrument.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import { memoryJournal } from '../../trading/memory-journal.ts'
import type { BacktestConfig } from '../config/schema.ts'
import { modelOf, type ServedModel } from '../models/served-model.ts'
import { replayTapes } from '../replay/replay-tape.ts'
import { type SimulatedSession, simulatedSession } from '../replay/simulated-session.ts'
import type { TapeSessions } from '../replay/tape-sessions.ts'
import type { BacktestOutcome } from './backtest.ts'
import type { OnDecision } from './compare-prefixes.ts'
import { Recorder } from './recorder.ts'
import type { TapeReading } from './tape-reading.ts'

/** What a run on tapes is given. */
export interface TapeRunParts {
  readonly config: BacktestConfig
  readonly schema: FeatureSchema
  /** In the order in which they decide. */
  readonly instruments: readonly Instrument[]
  readonly served: readonly ServedModel[]
  readonly tapes: Pick<TapeSessions, 'venueId' | 'isRecorded'>
  readonly reading: TapeReading
  readonly monotonicMs: () => number
  /** Every decision, in order. */
  readonly onDecision?: OnDecision | undefined
}

export interface TapeOutcome extends BacktestOutcome {
  /** From the first line to the last, clock of the recorder. */
  readonly tapeSeconds: number
  /** Tape seconds per second of work; making the model and looking for instruments left out. */
  readonly realTimeFactor: number
  /** Lines that a venue sent. */
  readonly frames: number
  readonly malformedFrames: number
  /** Holes in what the tapes hold. */
  readonly gaps: number
}

/**
 * Runs the daemon's own session over tapes, line by line; orders meet the simulated venue, which follows the recorded book. Memory does
 * not grow with the tape but for what the report draws. Deterministic: the same tapes, configuration and model give the same run hash.
 * Throws `InputError` as `readTape`, and when no bar closed.
 */
export async function runTapes(parts: TapeRunParts): Promise<TapeOutcome> {
  const { config, instruments, schema, served, tapes, reading, monotonicMs } = parts
  const simulated = simulatedSession({
    ...{ config, instruments, schema, served, monotonicMs },
    deposit: config.backtest.startingBalance,
    journal: memoryJournal(),
    ledgerTag: 'test',
  })
  const { session, trader, time, scheduler, isBusy } = simulated
  const listening = listen(simulated, parts)
  await trader.start()
  const startedMs = monotonicMs()
  const { frames, malformed } = await replayTapes(reading, {
    ...tapes,
    session,
    converters: instruments.map((one) => converter(one)),
    barMs: config.barMs,
    latenessMs: config.feed.graceMs,
    ...{ time, scheduler, isBusy },
  })
  const seconds = (monotonicMs() - startedMs) / 1_000
  await simulated.end()
  const { recorder, gaps } = listening()
  const { bars, decisions, orders, fills } = recorder.counts
  if (bars === 0) {
    const { from, to } = reading.span
    throw new InputError(
      `backtest: no bar of ${config.barMs} ms closed on the tapes, which span ${to - from} ms; shorten barMs or give longer tapes`,
    )
  }
  const { record, runHash } = recorder.finish()
  const tapeSeconds = (time.now - time.firstAt) / 1_000
  return {
    ...{ record, runHash, bars, decisions, orders, fills, seconds, frames, gaps, tapeSeconds },
    modelIds: served.map(({ forecaster }) => forecaster.modelId),
    retrainings: 0,
    latches: session.guard().latches,
    barsPerSecond: bars / seconds,
    realTimeFactor: tapeSeconds / seconds,
    malformedFrames: malformed,
  }
}

/** Remembers what session and trader say. What is returned tells it, and throws `InputError` when the trader has halted. */
function listen(
  { session, trader, currency }: SimulatedSession,
  { config, instruments, served, onDecision }: TapeRunParts,
): () => { readonly recorder: Recorder; readonly gaps: number } {
  const recorder = new Recorder({
    converters: instruments.map((one) => converter(one)),
    currency,
    startingBalance: Number(config.backtest.startingBalance),
    barMs: config.barMs,
    forecasts: {
      horizonBarsOf: (symbol) => modelOf(served, symbol)!.horizonBars,
      thresholdBpsOf: (symbol) => modelOf(served, symbol)!.thresholdBps,
    },
    onDecision,
  })
  let gaps = 0
  let halted: string | undefined
  session.events$.subscribe((event) => {
    if (event.kind === 'gap') gaps += 1
    recorder.onSession(event)
  })
  trader.events$.subscribe((event) => {
    if (event.kind === 'halt') halted ??= event.detail
    recorder.onTrader(event)
  })
  return () => {
    if (halted !== undefined) throw new InputError(`backtest: the trader halted: ${halted}`)
    return { recorder, gaps }
  }
}
