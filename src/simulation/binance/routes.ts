import type { EpochMs } from '../../core/units.ts'
import type { AccountId } from '../exchange/exchange.ts'
import type { SimulatedExchange } from '../exchange/simulated-exchange.ts'
import type { Listings } from './listing.ts'
import type { MarketState } from './market-state.ts'
import type { Params, Security } from './request.ts'

/** What every handler may look at. */
export interface Venue {
  readonly exchange: SimulatedExchange
  readonly listings: Listings
  /** Throws −1121. */
  market(name: string): MarketState
  readonly markets: readonly MarketState[]
  readonly requestWeightMax: number
  /** Changes of the wallet that no fill explains, oldest first. */
  cash(account: AccountId): readonly CashRow[]
  readonly fundingIntervalMs: number
}

export interface CashRow {
  readonly account: AccountId
  readonly at: number
  readonly reason: 'FUNDING_FEE' | 'TRANSFER'
  /** Venue's name of the instrument, empty for a transfer. */
  readonly name: string
  /** Decimal string, signed. */
  readonly amount: string
  readonly currency: string
  readonly id: number
}

export interface Call {
  readonly params: Params
  readonly now: EpochMs
  /** Empty on endpoints of security `none`. */
  readonly account: AccountId
}

/** Returns the body of a 200; throws `BinanceRefusal`. */
export type Handler = (call: Call) => unknown

export interface Route {
  readonly security: Security
  readonly handler: Handler
  /** Request weight; for `depth` of its largest limit. */
  readonly weight: number
}

/** Keyed by method and path: `GET /fapi/v1/time`. */
export type Routes = Readonly<Record<string, Route>>

export const open = (handler: Handler, weight = 1): Route => ({ security: 'none', handler, weight })
export const signed = (handler: Handler, weight = 1): Route => ({ security: 'signed', handler, weight })
