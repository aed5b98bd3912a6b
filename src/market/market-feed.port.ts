import type { Observable } from 'rxjs'
import type { Instrument, InstrumentSymbol } from '../core/instrument.ts'
import type { MarketEvent } from '../core/market-event.ts'

export interface MarketFeed {
  /** What the venue says of each symbol asked for. Throws `InputError` for a symbol that it does not list. */
  instruments(symbols: readonly InstrumentSymbol[]): Promise<readonly Instrument[]>
  /** Raw, mapped events of one instrument in the order of arrival; never errors (loss is an event); completes only on `close` or at the tape's end. */
  events(symbol: InstrumentSymbol): Observable<MarketEvent>
  /** Asks for a fresh book snapshot: it comes in band. Idempotent while one is under way. */
  resync(symbol: InstrumentSymbol): void
  close(): Promise<void>
}
