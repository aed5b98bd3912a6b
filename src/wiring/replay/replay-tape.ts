import { setImmediate as turn } from 'node:timers/promises'
import type { TapeCursor } from '../../adapters/tape/tape-cursor.ts'
import type { TapeFrame } from '../../adapters/tape/tape-frame.ts'
import type { Converter } from '../../core/instrument.ts'
import type { MarketEvent } from '../../core/market-event.ts'
import type { EpochMs } from '../../core/units.ts'
import type { FrameOutcome } from '../../market/frame-mapper.ts'
import { watermarker } from '../../market/watermarks.ts'
import type { Session } from '../session/session.ts'
import { tapeMapper } from '../tape/tape-mapper.ts'
import type { QuoteCheck } from './quote-check.ts'
import type { TapeScheduler } from './tape-scheduler.ts'

export interface ReplayTime {
  /** Latest arrival on the tape. */
  now: EpochMs
  /** First and latest exchange-side progress of the tape, local clock of the recorder. */
  firstAt: EpochMs
}

export interface ReplayParts {
  readonly session: Session
  /** As the tapes' session line says; undefined for tapes that others recorded. */
  readonly venueId: string | undefined
  /** Gaps and watermarks stand in line. Tapes of other programs and imported ones have neither. */
  readonly isRecorded: boolean
  readonly converters: readonly Converter[]
  readonly barMs: number
  readonly latenessMs: number
  readonly time: ReplayTime
  readonly scheduler: TapeScheduler
  /** Absent: the rebuilt book is compared with nothing. */
  readonly quotes?: QuoteCheck
  /** Whether the last event set something going outside the session: it ends before the next event. */
  readonly isBusy?: () => boolean
}

export interface ReplayedTapes {
  readonly frames: number
  /** Frames that belong to the instruments and could not be read: each is a gap. */
  readonly malformed: number
}

/** Feeds tapes to the session, one event after another; a closed bar's decision and its orders are done before the next event. */
export async function replayTapes(lines: TapeCursor, parts: ReplayParts): Promise<ReplayedTapes> {
  const {
    session,
    venueId,
    isRecorded,
    converters,
    barMs,
    latenessMs,
    time,
    scheduler,
    quotes,
    isBusy = () => false,
  } = parts
  const mapper = tapeMapper(venueId, new Map(converters.map((one) => [one.instrument.venueSymbol, one])))
  const watermarkBefore = isRecorded ? () => undefined : watermarker({ barMs, latenessMs })
  const count = { frames: 0, malformed: 0 }

  async function pass(event: MarketEvent): Promise<void> {
    const pending = session.handle(event)
    if (pending || isBusy()) {
      await pending
      await turn() // What the decision set going (answers of the venue, bookings) ends before the next event.
    }
  }
  async function close(watermark: MarketEvent): Promise<void> {
    for (const { instrument } of converters) await pass({ ...watermark, symbol: instrument.symbol })
  }
  function compare(event: MarketEvent): void {
    const pipeline = quotes && session.pipelines.get(event.symbol)
    if (pipeline) quotes.onEvent(event, pipeline)
  }
  async function handleAfter(watermark: MarketEvent, event: MarketEvent): Promise<void> {
    await close(watermark)
    await pass(event)
    compare(event)
  }
  /** A promise for the events that need one only: a tape has millions that do not. */
  function handle(event: MarketEvent): Promise<void> | undefined {
    const watermark = watermarkBefore(event)
    if (watermark) return handleAfter(watermark, event)
    // An instrument of the tape that is not replayed.
    if (!session.pipelines.has(event.symbol)) return undefined
    const pending = session.handle(event)
    if (pending || isBusy()) return settle(pending, event)
    compare(event)
    return undefined
  }
  async function settle(pending: Promise<void> | undefined, event: MarketEvent): Promise<void> {
    await pending
    await turn()
    compare(event)
  }

  async function malformed(outcome: Malformed, receivedAt: EpochMs): Promise<void> {
    count.malformed += 1
    // A recorder of ours wrote the gaps down itself.
    if (!isRecorded) for (const event of gapsOf(outcome, converters, receivedAt)) await pass(event)
  }
  function handleAll(events: readonly MarketEvent[], from = 0): Promise<void> | undefined {
    for (let at = from; at < events.length; at += 1) {
      const pending = handle(events[at]!)
      if (pending) return pending.then(() => handleAll(events, at + 1))
    }
    return undefined
  }
  function step(line: TapeFrame): Promise<void> | undefined {
    const outcome = mapper.map(line)
    if (outcome.kind === 'event') return handle(outcome.event)
    if (outcome.kind === 'events') return handleAll(outcome.events)
    if (outcome.kind === 'malformed') return malformed(outcome, line.receivedAt)
    if (outcome.kind === 'excluded') session.pipelines.get(outcome.symbol)?.countExcludedTrade()
    return undefined
  }

  try {
    do {
      for (let line = lines.take(); line; line = lines.take()) {
        const { receivedAt } = line
        if (!line.control) count.frames += 1
        time.now = receivedAt
        if (time.firstAt === 0) time.firstAt = receivedAt
        if (scheduler.advance(receivedAt)) await turn()
        const pending = step(line)
        if (pending) await pending
      }
    } while (await lines.read())
  } finally {
    await lines.close()
  }
  return count
}

type Malformed = Extract<FrameOutcome, { kind: 'malformed' }>

/** A frame that names no instrument may have belonged to any. */
function gapsOf(
  { symbol, field, value, rule }: Malformed,
  converters: readonly Converter[],
  receivedAt: EpochMs,
): readonly MarketEvent[] {
  return converters
    .filter(({ instrument }) => symbol === undefined || instrument.symbol === symbol)
    .map(({ instrument }) => ({
      kind: 'gap',
      reason: 'malformed',
      detail: `${field} was ${value}; it must be ${rule}`,
      symbol: instrument.symbol,
      exchangeTime: receivedAt,
      receivedAt,
    }))
}
