import type { VenueDesk } from './venue-desk.ts'
import type { VenueMarket } from './venue-market.ts'

/** Rounding of the liquidation price and of floats, as a fraction. */
const SLACK = 1e-6

/** Quote currency: nothing is due while the price stays between them. */
interface Band {
  readonly money: number
  readonly low: number
  readonly high: number
}

const NEVER_SURE = { low: Number.POSITIVE_INFINITY, high: 0 }
const ALWAYS_SURE = { low: 0, high: Number.POSITIVE_INFINITY }

/** Remembers the liquidation price of a lone position until money moves: every price of every candle asks, and exact money is slow. */
export class LiquidationGuard {
  readonly #desk: VenueDesk
  readonly #bands = new Map<VenueMarket, Band>()

  constructor(desk: VenueDesk) {
    this.#desk = desk
  }

  /** True: no price from `low` to `high` (quote currency) liquidates anything. False: perhaps one does. */
  isClear(market: VenueMarket, low: number, high: number): boolean {
    const { moneyMoves } = this.#desk
    let band = this.#bands.get(market)
    if (band?.money !== moneyMoves) {
      band = { money: moneyMoves, ...this.#bandOf(market) }
      this.#bands.set(market, band)
    }
    return low > band.low && high < band.high
  }

  #bandOf(market: VenueMarket): Omit<Band, 'money'> {
    const { markets, account, isHedge } = this.#desk
    for (const other of markets.values()) if (other !== market && !other.isFlat) return NEVER_SURE
    if (market.isFlat) return ALWAYS_SURE
    if (isHedge || account.liquidations().length > 0) return NEVER_SURE
    const { symbol } = market.instrument
    const due = account.liquidationPrice(symbol)
    if (due === undefined) return ALWAYS_SURE
    return account.lots(symbol) > 0
      ? { ...ALWAYS_SURE, low: Number(due) * (1 + SLACK) }
      : { ...ALWAYS_SURE, high: Number(due) * (1 - SLACK) }
  }
}
