import type { InstrumentSymbol } from './instrument.ts'
import type { EpochMs, Lots, Side, Ticks } from './units.ts'

/** What we want done, before anybody is asked. Made from one decision; `clientId` is a pure function of it. */
export interface OrderIntent {
  readonly clientId: string
  readonly decisionId: string
  readonly symbol: InstrumentSymbol
  readonly side: Side
  /** > 0. */
  readonly lots: Lots
  readonly type: 'limit' | 'market'
  /** The limit; for a market order the price it was sized and checked at. */
  readonly price: Ticks
  readonly timeInForce: 'IOC' | 'GTC' | 'GTX'
  readonly reduceOnly: boolean
  readonly createdAt: EpochMs
}

declare const approval: unique symbol
/** Passed every limit. A cast aside, only `risk/approve.ts` makes one: code that skips risk does not compile. */
export type ApprovedOrder = OrderIntent & { readonly [approval]: true }

/**
 * Life of an order. `intended`: committed here, not sent. `submitting`: sent, no answer. `unknown`: the answer was lost; the
 * order may be live and must be looked up by its client id. The last five are terminal.
 */
export type OrderState =
  | 'intended'
  | 'submitting'
  | 'unknown'
  | 'open'
  | 'partial'
  | 'filled'
  | 'cancelled'
  | 'expired'
  | 'rejected'
  | 'absent'

export const TERMINAL: ReadonlySet<OrderState> = new Set(['filled', 'cancelled', 'expired', 'rejected', 'absent'])

/** An order as the venue states it. `updatedAt` (venue clock) orders reports: an older one never overwrites a newer. */
export interface OrderReport {
  readonly symbol: InstrumentSymbol
  readonly clientId: string
  readonly venueId: string
  readonly state: 'open' | 'partial' | 'filled' | 'cancelled' | 'expired' | 'rejected'
  readonly side: Side
  readonly lots: Lots
  readonly filledLots: Lots
  /** Limit price in ticks, 0 for a market order. */
  readonly priceTicks: number
  readonly reduceOnly: boolean
  readonly updatedAt: EpochMs
}

export interface Fill {
  readonly symbol: InstrumentSymbol
  /** The venue's trade id: a fill is applied once by `(symbol, tradeId)`. */
  readonly tradeId: string
  readonly clientId: string
  readonly venueId: string
  readonly side: Side
  readonly price: Ticks
  /** > 0. */
  readonly lots: Lots
  /** Decimal strings as the venue wrote them; a rebate is negative. */
  readonly fee: string
  readonly feeCurrency: string
  readonly realisedPnl: string
  readonly maker: boolean
  readonly at: EpochMs
}

/** Net position in one-way mode. `entryPrice` in quote currency, decimal string, `0` when flat. */
export interface PositionReport {
  readonly symbol: InstrumentSymbol
  /** Signed. */
  readonly lots: Lots
  readonly entryPrice: string
  readonly updatedAt: EpochMs
}

/** Wallet balance of one currency without unrealised profit, decimal string. */
export interface BalanceReport {
  readonly currency: string
  readonly wallet: string
  readonly updatedAt: EpochMs
}
