import { Observable } from 'rxjs'
import type { Clock } from '../../core/clock.port.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { ExternalEvent } from '../../core/market-event.ts'
import { type EpochMs, epochMs } from '../../core/units.ts'
import type { ExternalReading, ExternalSource } from '../../features/external-series.port.ts'

export interface ExternalEventsParts {
  readonly sources: readonly ExternalSource[]
  readonly symbols: readonly InstrumentSymbol[]
  readonly clock: Pick<Clock, 'now'>
  /** Exchange time of a local time. */
  exchangeTimeOf(local: EpochMs): number
  onProblem(problem: string): void
  /** A source could not be opened. */
  onFatal(error: unknown): void
}

/**
 * The readings of all sources as events of every instrument, in the order in which they came: one of the streams of the inbox, and of
 * the tape. Sources start with the first subscriber and close with it; never completes.
 */
export const externalEvents = (parts: ExternalEventsParts): Observable<ExternalEvent> =>
  new Observable<ExternalEvent>((subscriber) => {
    const { sources, onProblem, onFatal } = parts
    const onReading = (reading: ExternalReading): void => {
      for (const event of eventsOf(reading, parts)) subscriber.next(event)
    }
    for (const source of sources) source.start(onReading, onProblem).catch(onFatal)
    return () => {
      for (const source of sources) source.close().catch(onFatal)
    }
  })

/** One per instrument, all stamped alike. */
export function eventsOf(
  { series, value, observedAt }: ExternalReading,
  { symbols, clock, exchangeTimeOf }: Pick<ExternalEventsParts, 'symbols' | 'clock' | 'exchangeTimeOf'>,
): readonly ExternalEvent[] {
  const receivedAt = clock.now()
  const exchangeTime = epochMs(exchangeTimeOf(receivedAt))
  return symbols.map((symbol) => ({ kind: 'external', symbol, exchangeTime, receivedAt, series, value, observedAt }))
}
