import Big from 'big.js'
import { type MarginTier, tierIndex } from '../account/margin-tiers.ts'
import type { AccountId, VenuePosition } from '../exchange/exchange.ts'
import { eightDecimals } from './decimal-text.ts'
import type { Listing } from './listing.ts'
import type { Venue } from './routes.ts'

/** Stands for a tier without end, quote currency. */
export const NOTIONAL_MAX = 100_000_000_000

/** Greatest position value that a leverage allows, quote currency. */
export function notionalMax(tiers: readonly MarginTier[], leverage: number): number {
  const allowed = tiers.filter(({ leverageMax }) => leverageMax >= leverage)
  return Math.min(allowed.at(-1)?.notionalMax ?? 0, NOTIONAL_MAX)
}

/** A position with what follows from the mark price; quote currency, position and notional signed. */
export interface PositionFigures {
  readonly listing: Listing
  readonly position: VenuePosition
  readonly markPrice: number
  readonly notional: number
  readonly unrealised: number
  readonly initialMargin: number
  readonly maintenanceMargin: number
  /** Of what the chosen leverage allows. */
  readonly notionalMax: number
}

export interface AccountFigures {
  readonly currency: string
  readonly wallet: string
  readonly marginBalance: string
  readonly available: string
  readonly unrealised: string
  /** Without what is set apart for isolated positions, and their profit. */
  readonly crossWallet: string
  readonly crossUnrealised: string
  readonly initialMargin: string
  readonly positionInitialMargin: string
  readonly orderInitialMargin: string
  readonly maintenanceMargin: string
  readonly positions: readonly PositionFigures[]
}

export function positionFigures(venue: Venue, position: VenuePosition): PositionFigures {
  const listing = venue.listings.of(position.symbol)
  const { markPrice } = venue.exchange.mark(position.symbol)
  const size = listing.convert.quantity(position.lots)
  const notional = size * markPrice
  const tiers = venue.exchange.tiers(position.symbol)
  const tier = tiers[tierIndex(tiers, Math.abs(notional))]!
  return {
    listing,
    position,
    markPrice,
    notional,
    unrealised: size === 0 ? 0 : size * (markPrice - position.entryPrice),
    initialMargin: Math.abs(notional) / Math.min(position.leverage, tier.leverageMax),
    maintenanceMargin: Math.abs(notional) * tier.maintenanceRate - tier.maintenanceDeduction,
    notionalMax: notionalMax(tiers, position.leverage),
  }
}

export function accountFigures(venue: Venue, account: AccountId): AccountFigures {
  const state = venue.exchange.account(account)
  const positions = state.positions.map((position) => positionFigures(venue, position))
  const sum = (pick: (figures: PositionFigures) => number) => positions.reduce((total, each) => total + pick(each), 0)
  const positionMargin = sum((each) => each.initialMargin)
  const crossOf = (pick: (figures: PositionFigures) => number) =>
    sum((each) => (each.position.marginType === 'cross' ? pick(each) : 0))
  const crossUnrealised = crossOf((each) => each.unrealised)
  const used = Number(state.crossWallet) + crossUnrealised - Number(state.available)
  const orderMargin = Math.max(0, used - crossOf((each) => each.initialMargin))
  return {
    currency: state.currency,
    wallet: new Big(state.wallet).toFixed(8),
    marginBalance: new Big(state.marginBalance).toFixed(8),
    available: new Big(state.available).toFixed(8),
    unrealised: new Big(state.marginBalance).minus(state.wallet).toFixed(8),
    crossWallet: new Big(state.crossWallet).toFixed(8),
    crossUnrealised: eightDecimals(crossUnrealised),
    initialMargin: eightDecimals(positionMargin + orderMargin),
    positionInitialMargin: eightDecimals(positionMargin),
    orderInitialMargin: eightDecimals(orderMargin),
    maintenanceMargin: eightDecimals(sum((each) => each.maintenanceMargin)),
    positions,
  }
}

/** Entry price as the venue writes it: as many decimals as it takes, no more than eleven digits behind the point. */
export const entryPriceText = (price: number): string => (price === 0 ? '0.0' : String(Number(price.toFixed(11))))
