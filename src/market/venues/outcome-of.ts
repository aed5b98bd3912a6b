import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { MarketEvent } from '../../core/market-event.ts'
import type { FrameOutcome } from '../frame-mapper.ts'

export interface Excluded {
  readonly symbol: InstrumentSymbol
  readonly type: string
}

/** Outcome of a frame that held a list: what it gave and what was left out of it. */
export function outcomeOf(events: readonly MarketEvent[], excluded: readonly Excluded[] = []): FrameOutcome {
  const [event] = events
  if (event === undefined) return excluded[0] === undefined ? { kind: 'ignored' } : { kind: 'excluded', ...excluded[0] }
  return events.length === 1 && excluded.length === 0
    ? { kind: 'event', event }
    : { kind: 'events', events, excluded: excluded.length }
}
