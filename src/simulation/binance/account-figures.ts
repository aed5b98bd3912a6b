import Big from 'big.js'
import type { AccountId, VenuePosition } from '../exchange/exchange.ts'
import { eightDecimals } from './decimal-text.ts'
import type { Listing } from './listing.ts'
import type { Venue } from './routes.ts'

/** Maintenance margin as a fraction of the position's value at mark; one bracket for every size. */
export const MAINTENANCE_RATE = 0.004
export const LEVERAGE_MAX = 125
/** Value in quote currency that the one bracket covers. */
export const NOTIONAL_MAX = 100_000_000

/** A position with what follows from the mark price; quote currency, position and notional signed. */
export interface PositionFigures {
  readonly listing: Listing
  readonly position: VenuePosition
  readonly markPrice: number
  readonly notional: number
  readonly unrealised: number
  readonly initialMargin: number
  readonly maintenanceMargin: number
}

export interface AccountFigures {
  readonly currency: string
  readonly wallet: string
  readonly marginBalance: string
  readonly available: string
  readonly unrealised: string
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
  return {
    listing,
    position,
    markPrice,
    notional,
    unrealised: size === 0 ? 0 : size * (markPrice - position.entryPrice),
    initialMargin: Math.abs(notional) / position.leverage,
    maintenanceMargin: Math.abs(notional) * MAINTENANCE_RATE,
  }
}

export function accountFigures(venue: Venue, account: AccountId): AccountFigures {
  const state = venue.exchange.account(account)
  const positions = state.positions.map((position) => positionFigures(venue, position))
  const sum = (pick: (figures: PositionFigures) => number) => positions.reduce((total, each) => total + pick(each), 0)
  const positionMargin = sum((each) => each.initialMargin)
  const used = Number(state.marginBalance) - Number(state.available)
  return {
    currency: state.currency,
    wallet: new Big(state.wallet).toFixed(8),
    marginBalance: new Big(state.marginBalance).toFixed(8),
    available: new Big(state.available).toFixed(8),
    unrealised: new Big(state.marginBalance).minus(state.wallet).toFixed(8),
    initialMargin: eightDecimals(Math.max(used, positionMargin)),
    positionInitialMargin: eightDecimals(positionMargin),
    orderInitialMargin: eightDecimals(Math.max(0, used - positionMargin)),
    maintenanceMargin: eightDecimals(sum((each) => each.maintenanceMargin)),
    positions,
  }
}

/** Entry price as the venue writes it: as many decimals as it takes, no more than eleven digits behind the point. */
export const entryPriceText = (price: number): string => (price === 0 ? '0.0' : String(Number(price.toFixed(11))))

/**
 * Price at which the margin balance meets the maintenance margin, all other positions standing still: "How to Calculate Liquidation
 * Price of USDⓈ-M Futures Contracts", one bracket. `0` when there is none.
 */
export function liquidationPrice(figures: AccountFigures, of: PositionFigures): number {
  const size = of.listing.convert.quantity(of.position.lots)
  if (size === 0) return 0
  const others = figures.positions.filter((each) => each !== of)
  const free = others.reduce((total, each) => total + each.unrealised - each.maintenanceMargin, Number(figures.wallet))
  const price = (free - size * of.position.entryPrice) / (Math.abs(size) * MAINTENANCE_RATE - size)
  return Number.isFinite(price) && price > 0 ? price : 0
}
