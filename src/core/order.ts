import type { InstrumentSymbol } from './instrument.ts'
import type { EpochMs, Lots, Side, Ticks } from './units.ts'

/** A trailing stop and the other conditional types wait outside the book until their trigger is reached. */
export type OrderType =
  | 'limit'
  | 'market'
  | 'stop-market'
  | 'stop-limit'
  | 'take-profit-market'
  | 'take-profit-limit'
  | 'trailing-stop'

/** Waits outside the book until its trigger is reached. */
export const isConditional = (type: OrderType): boolean => type !== 'limit' && type !== 'market'

/** Over as soon as the venue has matched it: nothing of it rests. A conditional order waits, whatever its time in force. */
export const isImmediate = ({ type, timeInForce }: Pick<OrderIntent, 'type' | 'timeInForce'>): boolean =>
  type === 'market' || (type === 'limit' && (timeInForce === 'IOC' || timeInForce === 'FOK'))

/** Stop, take-profit or trailing stop that can only close: the venue cuts it down to what is held. */
export const isProtective = ({ type, reduceOnly }: Pick<OrderIntent, 'type' | 'reduceOnly'>): boolean =>
  reduceOnly && isConditional(type)

/** `GTX`: post-only. `GTD`: good till `expiresAt`. */
export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'GTX' | 'GTD'

/** Which price a trigger watches: the last trade's, or the mark price. */
export type TriggerBy = 'last' | 'mark'

export interface Trigger {
  readonly ticks: Ticks
  readonly by: TriggerBy
}

/** The stop follows the best price since its activation at this distance. */
export interface Trailing {
  /** Basis points of the best price, > 0. */
  readonly callbackBps: number
  readonly by: TriggerBy
  /** Price that begins the trailing; absent: at once. */
  readonly activationTicks?: Ticks
}

/** Reduce-only orders that come alive with the first fill of the entry they are attached to; the first one to fire cancels the other. */
export interface Protection {
  readonly stopLoss?: Trigger
  readonly takeProfit?: Trigger
}

/** What we want done, before anybody is asked. Made from one decision; `clientId` is a pure function of it. */
export interface OrderIntent {
  readonly clientId: string
  readonly decisionId: string
  readonly symbol: InstrumentSymbol
  readonly side: Side
  /** > 0. */
  readonly lots: Lots
  readonly type: OrderType
  /** The limit; for an order without one the price it was sized and checked at. */
  readonly price: Ticks
  readonly timeInForce: TimeInForce
  /** Of `GTD` alone. */
  readonly expiresAt?: EpochMs
  /** Of stops and take-profits alone. */
  readonly trigger?: Trigger
  /** Of `trailing-stop` alone. */
  readonly trailing?: Trailing
  readonly protection?: Protection
  /** Which position is meant where the account holds long and short apart (hedge mode); absent: the net position. */
  readonly positionSide?: 'long' | 'short'
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

/** `entryPrice` in quote currency, decimal string, `0` when flat. */
export interface PositionReport {
  readonly symbol: InstrumentSymbol
  /** In hedge mode; absent: the net position. */
  readonly positionSide?: 'long' | 'short'
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
