import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs, Lots, Side, Ticks } from '../../core/units.ts'
import type { AccountId, AlgoOrder, VenueFill, VenueOrder, VenuePosition } from './exchange.ts'

/** What the insurance fund does with lots that it has taken over: they go on to the crowd at the mark. */
export interface PassedOn {
  /** Signed: > 0 bought from the liquidated account. */
  readonly lots: number
  /** Quote currency. */
  readonly markPrice: number
}

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
  /** Of the insurance fund, decimal strings. */
  | {
      readonly kind: 'insurance'
      readonly symbol: InstrumentSymbol
      readonly at: EpochMs
      readonly balance: string
      readonly change: string
      readonly passed?: PassedOn
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
