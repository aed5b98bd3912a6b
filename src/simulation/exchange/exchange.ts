import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs, Lots, Side, Ticks } from '../../core/units.ts'
import type { MarginTier } from '../account/margin-tiers.ts'
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

/** What happened, in order. `updateId` counts the level changes of an instrument, starting above 0, without a hole. */
export type ExchangeOutput =
  | {
      readonly kind: 'level'
      readonly symbol: InstrumentSymbol
      readonly at: EpochMs
      readonly updateId: number
      readonly side: Side
      readonly price: Ticks
      readonly size: number
    }
  | {
      readonly kind: 'trade'
      readonly symbol: InstrumentSymbol
      readonly at: EpochMs
      readonly tradeId: number
      readonly price: Ticks
      readonly size: Lots
      readonly side: Side
      readonly takerOrderId: number
    }
  | {
      readonly kind: 'mark'
      readonly symbol: InstrumentSymbol
      readonly at: EpochMs
      readonly markPrice: number
      readonly indexPrice: number
      readonly fundingRate: number
      readonly nextFundingAt: EpochMs
    }
  | {
      readonly kind: 'liquidation'
      readonly symbol: InstrumentSymbol
      readonly at: EpochMs
      readonly side: Side
      readonly price: Ticks
      readonly size: Lots
    }
  | {
      readonly kind: 'order'
      readonly account: AccountId
      readonly at: EpochMs
      readonly execution: 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED' | 'CALCULATED' | 'AMENDMENT'
      readonly order: VenueOrder
      readonly fill?: VenueFill
    }
  | { readonly kind: 'algo'; readonly account: AccountId; readonly at: EpochMs; readonly order: AlgoOrder }
  | {
      readonly kind: 'account'
      readonly account: AccountId
      readonly at: EpochMs
      readonly reason: 'ORDER' | 'FUNDING_FEE' | 'DEPOSIT' | 'MARGIN_TRANSFER'
      readonly wallet: string
      /** Of the wallet, what is not set apart for isolated positions. */
      readonly crossWallet: string
      readonly walletChange: string
      readonly positions: readonly VenuePosition[]
    }
  | {
      readonly kind: 'leverage'
      readonly account: AccountId
      readonly at: EpochMs
      readonly symbol: InstrumentSymbol
      readonly leverage: number
    }

/** The book as it stands: levels best first, `[ticks, lots][]`; `lastUpdateId` of the last level change. */
export interface DepthSnapshot {
  readonly lastUpdateId: number
  readonly bids: readonly (readonly [number, number])[]
  readonly asks: readonly (readonly [number, number])[]
}

export interface AccountState {
  readonly currency: string
  readonly wallet: string
  /** Of the wallet, what is not set apart for isolated positions. */
  readonly crossWallet: string
  /** Wallet + unrealised profit at mark, and what is free for new margin; decimal strings. */
  readonly marginBalance: string
  readonly available: string
  readonly hedged: boolean
  /** One per instrument, in hedge mode two; flat ones included. */
  readonly positions: readonly VenuePosition[]
}

/**
 * A whole futures exchange in memory, pure: time comes with each call and never runs backwards, randomness from a seed. Everything
 * that a call causes is appended to one ordered output, which `drain` hands over. The ledger views are the ground truth of tests.
 */
export interface SimulatedExchange {
  readonly instruments: readonly Instrument[]
  /** Lets the market live up to `now`. */
  advance(now: EpochMs): void
  drain(): readonly ExchangeOutput[]

  place(request: PlaceRequest, now: EpochMs): Outcome<VenueOrder>
  cancel(account: AccountId, symbol: InstrumentSymbol, id: OrderKey, now: EpochMs): Outcome<VenueOrder>
  /** Cancels instead, as Binance does, when the new size is filled already or a post-only order would trade. */
  amend(
    account: AccountId,
    symbol: InstrumentSymbol,
    id: OrderKey,
    change: Amendment,
    now: EpochMs,
  ): Outcome<VenueOrder>
  cancelAll(account: AccountId, symbol: InstrumentSymbol, now: EpochMs): readonly VenueOrder[]
  placeAlgo(request: AlgoRequest, now: EpochMs): Outcome<AlgoOrder>
  cancelAlgo(account: AccountId, id: AlgoKey, now: EpochMs): Outcome<AlgoOrder>
  setLeverage(account: AccountId, symbol: InstrumentSymbol, leverage: number, now: EpochMs): Outcome<number>
  /** Only while the instrument has neither position nor open order. */
  setMarginType(
    account: AccountId,
    symbol: InstrumentSymbol,
    marginType: 'cross' | 'isolated',
    now: EpochMs,
  ): Outcome<'cross' | 'isolated'>

  /** Hedge mode holds long and short of an instrument apart; only without orders and positions. */
  setPositionMode(account: AccountId, hedged: boolean, now: EpochMs): Outcome<boolean>
  /** Adds margin to an isolated position, or takes some back; `amount`: signed decimal string, settle currency. */
  moveMargin(
    account: AccountId,
    symbol: InstrumentSymbol,
    positionSide: PositionSide,
    amount: string,
    now: EpochMs,
  ): Outcome<string>

  depth(symbol: InstrumentSymbol, limit: number): DepthSnapshot
  findOrder(account: AccountId, symbol: InstrumentSymbol, id: OrderKey): VenueOrder | undefined
  /** Ascending by id; bounded history (oldest terminal orders are dropped past 100,000). */
  orders(account: AccountId, symbol?: InstrumentSymbol): readonly VenueOrder[]
  algoOrders(account: AccountId, symbol?: InstrumentSymbol): readonly AlgoOrder[]
  fills(account: AccountId, symbol?: InstrumentSymbol): readonly VenueFill[]
  account(account: AccountId): AccountState
  tiers(symbol: InstrumentSymbol): readonly MarginTier[]
  mark(symbol: InstrumentSymbol): {
    readonly markPrice: number
    readonly indexPrice: number
    readonly fundingRate: number
    readonly nextFundingAt: EpochMs
  }
}

/** One instrument of the simulated market. Sizes in lots, times in seconds, prices in ticks. */
export interface MarketSettings {
  readonly instrument: Instrument
  readonly startPriceTicks: number
  /** Standard deviation of the fair price's whole log-return, the part that order flow drives included, basis points per √second. */
  readonly volatilityBps: number
  /**
   * Share of the fair price's variance over five seconds that order-flow drift carries, 0 ≤ alpha < 1; 0: nothing to learn. The drift
   * follows flow of those five seconds too: about 0.4 × alpha of the variance can be foreseen at their start.
   */
  readonly alpha: number
  /** Mean arrivals per second at rest. */
  readonly limitRate: number
  readonly marketRate: number
  /** Branching ratio of the Hawkes processes, 0 ≤ x < 1: how many further orders an order begets. */
  readonly excitation: number
  /** Mean order size in lots. */
  readonly sizeMean: number
  /** Absent: one tier for any value. */
  readonly tiers?: readonly MarginTier[]
}

export interface ExchangeSettings {
  readonly seed: number
  readonly startAt: EpochMs
  readonly markets: readonly MarketSettings[]
  /** Wallet that an account finds when first seen, settle currency, decimal string. */
  readonly deposit: string
  readonly fundingIntervalMs: number
}
