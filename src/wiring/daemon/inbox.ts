import { map, merge, type Observable, type Subscription } from 'rxjs'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { MarketEvent } from '../../core/market-event.ts'
import { serially } from '../session/serially.ts'
import type { Session } from '../session/session.ts'

interface Numbered {
  readonly event: MarketEvent
  /** Counts arrivals from 0. */
  readonly arrival: number
}

/**
 * The market streams of all instruments as one, each event handled before the next. An event that finds the queue full is lost, and
 * its instrument hears of a gap at the place of the loss.
 */
export function inbox(
  streams: readonly Observable<MarketEvent>[],
  session: Pick<Session, 'handle'>,
  queueEventsMax: number,
  onFatal: (error: unknown) => void,
): Subscription {
  /** Arrival of the first event lost, per instrument. */
  const lost = new Map<InstrumentSymbol, number>()
  let arrivals = 0
  const number = (event: MarketEvent): Numbered => ({ event, arrival: arrivals++ })
  const overflow = ({ event: { symbol }, arrival }: Numbered): void => {
    if (!lost.has(symbol)) lost.set(symbol, arrival)
  }
  const step = ({ event, arrival }: Numbered): Promise<void> | undefined => {
    const { symbol, exchangeTime, receivedAt } = event
    if (arrival > (lost.get(symbol) ?? Number.POSITIVE_INFINITY)) {
      lost.delete(symbol)
      const detail = `more than ${queueEventsMax} events waited`
      void session.handle({ kind: 'gap', reason: 'overflow', detail, symbol, exchangeTime, receivedAt }) // Closes no bar.
    }
    return session.handle(event)
  }
  return merge(...streams)
    .pipe(map(number), serially(step, queueEventsMax, overflow))
    .subscribe({ error: onFatal })
}
