import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs } from '../../core/units.ts'
import type { MarginTier } from '../account/margin-tiers.ts'
import type {
  AccountId,
  AlgoKey,
  AlgoOrder,
  AlgoRequest,
  Amendment,
  OrderKey,
  Outcome,
  PlaceRequest,
  PositionSide,
  VenueFill,
  VenueOrder,
  VenuePosition,
} from './exchange.ts'
import type { ExchangeOutput } from './exchange-output.ts'

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
  /** What the insurance fund has, decimal string. */
  insuranceFund(): string
  tiers(symbol: InstrumentSymbol): readonly MarginTier[]
  mark(symbol: InstrumentSymbol): {
    readonly markPrice: number
    readonly indexPrice: number
    readonly fundingRate: number
    readonly nextFundingAt: EpochMs
  }
}
