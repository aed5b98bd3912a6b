import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs, Lots, Side, Ticks } from '../../core/units.ts'

/** Account of one API key. */
export type AccountId = string

export type VenueOrderType = 'LIMIT' | 'MARKET'
export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'GTX'
export type VenueOrderStatus = 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED'

export interface PlaceRequest {
  readonly account: AccountId
  readonly symbol: InstrumentSymbol
  readonly side: Side
  readonly type: VenueOrderType
  /** Absent for market orders. */
  readonly price?: Ticks
  readonly size: Lots
  readonly timeInForce: TimeInForce
  readonly reduceOnly: boolean
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
  readonly price: Ticks
  readonly size: Lots
  readonly maker: boolean
  readonly fee: string
  readonly realisedPnl: string
  readonly at: EpochMs
}

/** Conditional order; it rests outside the book and becomes a market or limit order when triggered. */
export interface AlgoOrder {
  readonly algoId: number
  readonly account: AccountId
  readonly symbol: InstrumentSymbol
  readonly clientAlgoId: string
  readonly side: Side
  readonly type: 'STOP_MARKET' | 'TAKE_PROFIT_MARKET' | 'STOP' | 'TAKE_PROFIT'
  readonly triggerPrice: Ticks
  readonly price?: Ticks
  /** Zero with `closePosition`. */
  readonly size: Lots
  readonly reduceOnly: boolean
  readonly closePosition: boolean
  readonly workingType: 'MARK_PRICE' | 'CONTRACT_PRICE'
  readonly timeInForce: TimeInForce
  readonly status: 'NEW' | 'TRIGGERED' | 'FINISHED' | 'CANCELED' | 'EXPIRED' | 'REJECTED'
  readonly createdAt: EpochMs
  readonly updatedAt: EpochMs
  /** Order made at the trigger. */
  readonly orderId?: number
}

export interface VenuePosition {
  readonly symbol: InstrumentSymbol
  readonly lots: Lots
  /** Quote currency; 0 when flat. */
  readonly entryPrice: number
  readonly leverage: number
  /** A label: `isolated` positions are margined and liquidated as `cross` ones. */
  readonly marginType: 'cross' | 'isolated'
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
  | 'no-need-to-change'
  | 'position-open'
  /** The account's open orders, or waiting algo orders, of the instrument are at their bound. */
  | 'too-many-orders'
  | 'too-many-algo-orders'

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
      readonly execution: 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED' | 'CALCULATED'
      readonly order: VenueOrder
      readonly fill?: VenueFill
    }
  | { readonly kind: 'algo'; readonly account: AccountId; readonly at: EpochMs; readonly order: AlgoOrder }
  | {
      readonly kind: 'account'
      readonly account: AccountId
      readonly at: EpochMs
      readonly reason: 'ORDER' | 'FUNDING_FEE' | 'DEPOSIT'
      readonly wallet: string
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
  /** Wallet + unrealised profit at mark, and what is free for new margin; decimal strings. */
  readonly marginBalance: string
  readonly available: string
  /** One per instrument, flat ones included. */
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
  cancel(
    account: AccountId,
    symbol: InstrumentSymbol,
    id: { readonly orderId: number } | { readonly clientId: string },
    now: EpochMs,
  ): Outcome<VenueOrder>
  cancelAll(account: AccountId, symbol: InstrumentSymbol, now: EpochMs): readonly VenueOrder[]
  placeAlgo(
    request: Omit<AlgoOrder, 'algoId' | 'status' | 'createdAt' | 'updatedAt' | 'orderId'>,
    now: EpochMs,
  ): Outcome<AlgoOrder>
  cancelAlgo(
    account: AccountId,
    id: { readonly algoId: number } | { readonly clientAlgoId: string },
    now: EpochMs,
  ): Outcome<AlgoOrder>
  setLeverage(account: AccountId, symbol: InstrumentSymbol, leverage: number, now: EpochMs): Outcome<number>
  /** `isolated` is a label that the venue's answers repeat: margin is always shared between all positions of the account. */
  setMarginType(
    account: AccountId,
    symbol: InstrumentSymbol,
    marginType: 'cross' | 'isolated',
    now: EpochMs,
  ): Outcome<'cross' | 'isolated'>

  depth(symbol: InstrumentSymbol, limit: number): DepthSnapshot
  findOrder(
    account: AccountId,
    symbol: InstrumentSymbol,
    id: { readonly orderId: number } | { readonly clientId: string },
  ): VenueOrder | undefined
  /** Ascending by id; bounded history (oldest terminal orders are dropped past 100,000). */
  orders(account: AccountId, symbol?: InstrumentSymbol): readonly VenueOrder[]
  algoOrders(account: AccountId, symbol?: InstrumentSymbol): readonly AlgoOrder[]
  fills(account: AccountId, symbol?: InstrumentSymbol): readonly VenueFill[]
  account(account: AccountId): AccountState
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
}

export interface ExchangeSettings {
  readonly seed: number
  readonly startAt: EpochMs
  readonly markets: readonly MarketSettings[]
  /** Wallet that an account finds when first seen, settle currency, decimal string. */
  readonly deposit: string
  readonly fundingIntervalMs: number
}
