import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs, Lots, Side, Ticks } from '../../core/units.ts'
import type { SelfTradeMode } from '../matching/book-side.ts'

/** Account of one API key. */
export type AccountId = string

export type VenueOrderType = 'LIMIT' | 'MARKET'
export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'GTX' | 'GTD'
/** `EXPIRED_IN_MATCH`: by self-trade prevention. */
export type VenueOrderStatus = 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH'
/** `BOTH`: the net position of one-way mode. */
export type PositionSide = 'BOTH' | 'LONG' | 'SHORT'

/** What orders and algo orders say alike. */
interface OrderTerms {
  readonly account: AccountId
  readonly symbol: InstrumentSymbol
  readonly side: Side
  /** Absent: `BOTH`. */
  readonly positionSide?: PositionSide
  readonly timeInForce: TimeInForce
  /** Of `GTD` alone; milliseconds are dropped. */
  readonly goodTillDate?: EpochMs
  /** Absent: `EXPIRE_MAKER`, the venue's default. */
  readonly selfTrade?: SelfTradeMode
  readonly reduceOnly: boolean
}

export interface PlaceRequest extends OrderTerms {
  readonly type: VenueOrderType
  /** Absent for market orders. */
  readonly price?: Ticks
  readonly size: Lots
  /** Unique among the account's orders of the instrument while open, as on Binance. */
  readonly clientId: string
}

export interface VenueOrder extends PlaceRequest {
  readonly orderId: number
  readonly status: VenueOrderStatus
  readonly filled: Lots
  /** Σ price × size in ticks × lots: exact. */
  readonly filledTickLots: bigint
  readonly createdAt: EpochMs
  readonly updatedAt: EpochMs
  /** Id of the algo order that triggered it. */
  readonly algoId?: number
}

/** One side of a trade that belongs to a keyed account. Decimal strings in the settle currency. */
export interface VenueFill {
  readonly account: AccountId
  readonly symbol: InstrumentSymbol
  readonly tradeId: number
  readonly orderId: number
  readonly clientId: string
  readonly side: Side
  readonly positionSide: PositionSide
  readonly price: Ticks
  readonly size: Lots
  readonly maker: boolean
  readonly fee: string
  readonly realisedPnl: string
  readonly at: EpochMs
}

/** Conditional order; it rests outside the book and becomes a market or limit order when triggered. */
export interface AlgoOrder extends OrderTerms {
  readonly algoId: number
  readonly clientAlgoId: string
  readonly type: AlgoType
  /** Of all but trailing stops. */
  readonly triggerPrice?: Ticks
  /** Of trailing stops: distance to the best price, basis points; and the price that begins the trailing, absent: at once. */
  readonly callbackBps?: number
  readonly activationPrice?: Ticks
  /** Limit of the order to make; of `STOP` and `TAKE_PROFIT` alone. */
  readonly price?: Ticks
  /** Zero with `closePosition`. */
  readonly size: Lots
  readonly closePosition: boolean
  readonly workingType: 'MARK_PRICE' | 'CONTRACT_PRICE'
  /** Does not trigger while last price and mark are further apart than `TRIGGER_PROTECT`. */
  readonly priceProtect?: boolean
  /**
   * `TRIGGERING`: reached, on its way to the book. `TRIGGERED`: its order is in the book. `FINISHED`: that order ended. `REJECTED`:
   * the book's gate refused it.
   */
  readonly status: 'NEW' | 'TRIGGERING' | 'TRIGGERED' | 'FINISHED' | 'CANCELED' | 'EXPIRED' | 'REJECTED'
  readonly createdAt: EpochMs
  readonly updatedAt: EpochMs
  readonly triggeredAt?: EpochMs
  /** Order made at the trigger. */
  readonly orderId?: number
}
export type AlgoType = 'STOP_MARKET' | 'TAKE_PROFIT_MARKET' | 'STOP' | 'TAKE_PROFIT' | 'TRAILING_STOP_MARKET'
export type AlgoRequest = Omit<AlgoOrder, 'algoId' | 'status' | 'createdAt' | 'updatedAt' | 'triggeredAt' | 'orderId'>

export type OrderKey = { readonly orderId: number } | { readonly clientId: string }
export type AlgoKey = { readonly algoId: number } | { readonly clientAlgoId: string }

/** The new terms of a resting limit order; it goes to the back of the queue. */
export interface Amendment {
  readonly side: Side
  readonly price: Ticks
  /** Of the whole order, what is filled included. */
  readonly size: Lots
}

export interface VenuePosition {
  readonly symbol: InstrumentSymbol
  readonly positionSide: PositionSide
  readonly lots: Lots
  /** Quote currency; 0 when flat. */
  readonly entryPrice: number
  readonly leverage: number
  readonly marginType: 'cross' | 'isolated'
  /** Margin set apart for an isolated position, decimal string; `0` in cross mode. */
  readonly isolatedWallet: string
  /** Mark price, quote currency, at which it is liquidated while all else stands still; 0 when there is none. */
  readonly liquidationPrice: number
  readonly updatedAt: EpochMs
}

/** Why a request was refused; the protocol adapter gives each its Binance code. */
export type RefusalReason =
  | 'unknown-symbol'
  | 'price-not-a-tick'
  | 'size-not-a-lot'
  | 'size-too-small'
  | 'size-too-large'
  | 'price-out-of-band'
  | 'min-notional'
  | 'insufficient-margin'
  | 'reduce-only-rejected'
  | 'duplicate-client-id'
  | 'post-only-would-cross'
  | 'would-trigger-immediately'
  | 'no-liquidity'
  | 'unknown-order'
  | 'leverage-too-high'
  /** Less leverage while an isolated position is open. */
  | 'leverage-too-low'
  | 'no-need-to-change'
  | 'position-open'
  /** The account's open orders, or waiting algo orders, of the instrument are at their bound. */
  | 'too-many-orders'
  | 'too-many-algo-orders'
  | 'bad-good-till-date'
  | 'bad-callback-rate'
  /** Of an amendment: another side than the order's, or nothing to change. */
  | 'wrong-side'
  | 'same-order'
  /** `BOTH` in hedge mode, `LONG` or `SHORT` in one-way mode. */
  | 'position-side-mismatch'
  /** Of a change of the position mode. */
  | 'no-need-to-change-mode'
  | 'mode-with-orders'
  | 'mode-with-position'
  /** Of a change of an isolated position's margin. */
  | 'not-isolated'
  | 'no-position'
  | 'cross-balance-insufficient'
  | 'isolated-balance-insufficient'

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: RefusalReason; readonly detail: string }
