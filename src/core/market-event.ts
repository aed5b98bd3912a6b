import type { InstrumentSymbol } from './instrument.ts'
import type { EpochMs, Lots, Side, Ticks } from './units.ts'

interface Stamped {
  readonly symbol: InstrumentSymbol
  /** When it happened, exchange clock (transaction time where the venue gives it). */
  readonly exchangeTime: EpochMs
  /** When the frame arrived, local clock. */
  readonly receivedAt: EpochMs
}

/**
 * Book levels, flat: `[ticks, lots, ticks, lots, …]`. Zero lots removes the level. Ticks are above 0 and nearly always whole, yet an
 * order from before the venue changed its tick size keeps its price: such a level has a fraction of a tick, the same number each time.
 */
export type Levels = readonly number[]

/** `snapshot` replaces the book, `delta` changes it. Ids are the venue's; `prevId` is the id that must stand before a delta. */
export interface BookEvent extends Stamped {
  readonly kind: 'book'
  readonly type: 'snapshot' | 'delta'
  /** The venue sends whole books only: this delta is the difference of two of them, so what came and went between is not in it. */
  readonly bookSource?: 'snapshot-diff'
  /** A snapshot out of the stream itself, as most venues send it: it stands whatever ids came before. Absent for a REST reply. */
  readonly inStream?: true
  readonly firstId: number
  readonly lastId: number
  readonly prevId: number
  readonly bids: Levels
  readonly asks: Levels
}

/** Best bid and ask as the venue states them (Binance `bookTicker`); ticks as in `Levels`, which they are of. */
export interface QuoteEvent extends Stamped {
  readonly kind: 'quote'
  readonly updateId: number
  readonly bidTicks: number
  readonly bidLots: Lots
  readonly askTicks: number
  readonly askLots: Lots
}

export interface TradeEvent extends Stamped {
  readonly kind: 'trade'
  /** A number ascends per instrument; a text is only unique; an empty text: the venue names none. */
  readonly tradeId: number | string
  /** The id that must have come before, where the venue numbers its trades without holes. */
  readonly prevTradeId?: number
  readonly price: Ticks
  readonly size: Lots
  /** The aggressor's side. */
  readonly side: Side
}

/** Mark and index price in quote currency; funding as a fraction per interval. `NaN`: the venue has not said it (yet). */
export interface MarkEvent extends Stamped {
  readonly kind: 'mark'
  readonly markPrice: number
  readonly indexPrice: number
  readonly fundingRate: number
  readonly nextFundingAt: EpochMs
  /** Open interest in base (linear) or contracts (inverse); absent where the venue does not stream it. */
  readonly openInterest?: number
}

export interface LiquidationEvent extends Stamped {
  readonly kind: 'liquidation'
  readonly side: Side
  readonly price: Ticks
  readonly size: Lots
}

/**
 * Data were lost between this event and the last one: the book is void until the next snapshot, the open bar is tainted. `trades`:
 * trades alone are missing, the book stands.
 */
export interface GapEvent extends Stamped {
  readonly kind: 'gap'
  readonly reason: 'sequence' | 'trades' | 'disconnect' | 'stale' | 'malformed' | 'crossed' | 'overflow'
  readonly detail: string
}

export interface ConnectionEvent extends Stamped {
  readonly kind: 'connection'
  readonly state: 'up' | 'down'
  readonly detail: string
}

/**
 * One value of a series from outside the exchange (sentiment, news count …), handed to every instrument. `exchangeTime` is when it
 * was handed in; `observedAt` is the source's own time stamp, by which its staleness is judged.
 */
export interface ExternalEvent extends Stamped {
  readonly kind: 'external'
  readonly series: string
  readonly value: number
  readonly observedAt: EpochMs
}

/** No event of this instrument with `exchangeTime < exchangeTime of the watermark` will follow: it closes bars, quiet ones too. */
export interface WatermarkEvent extends Stamped {
  readonly kind: 'watermark'
}

/** One ordered stream per instrument, in band, so that every stage sees everything in one order. */
export type MarketEvent =
  | BookEvent
  | QuoteEvent
  | TradeEvent
  | MarkEvent
  | LiquidationEvent
  | ExternalEvent
  | GapEvent
  | ConnectionEvent
  | WatermarkEvent
