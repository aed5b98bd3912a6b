import { merge, type Observable, type Subscription } from 'rxjs'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { MarketEvent } from '../../core/market-event.ts'
import { serially } from '../session/serially.ts'
import type { Session } from '../session/session.ts'

/**
 * The market streams of all instruments as one, each event handled before the next. An event that finds the queue full is lost, and
 * its instrument hears of a gap before its next event.
 */
export function inbox(
  streams: readonly Observable<MarketEvent>[],
  session: Session,
  queueEventsMax: number,
  onFatal: (error: unknown) => void,
): Subscription {
  const cut = new Set<InstrumentSymbol>()
  const step = (event: MarketEvent): Promise<void> | undefined => {
    if (!cut.delete(event.symbol)) return session.handle(event)
    const { symbol, exchangeTime, receivedAt } = event
    const detail = `more than ${queueEventsMax} events waited`
    void session.handle({ kind: 'gap', reason: 'overflow', detail, symbol, exchangeTime, receivedAt }) // Closes no bar.
    return session.handle(event)
  }
  return merge(...streams)
    .pipe(serially(step, queueEventsMax, (event) => cut.add(event.symbol)))
    .subscribe({ error: onFatal })
}
