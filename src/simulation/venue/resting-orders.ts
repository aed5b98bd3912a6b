import type { BookEvent, Levels, TradeEvent } from '../../core/market-event.ts'
import { type Side, signOf } from '../../core/units.ts'
import { isLive, remainingOf, type VenueOrder } from './venue-order.ts'

/** Fills `lots` of a resting order at its own price; takes less when the order may not have more. Returns what it took. */
export type Rest = (order: VenueOrder, lots: number) => number

/**
 * Orders that wait in the book of one instrument, oldest first. They stand behind all that was displayed when they came: only trades
 * at their price shorten that queue (cancels before them are not believed), a trade or quote beyond their price has passed them.
 */
export class RestingOrders {
  #orders: VenueOrder[] = []

  get all(): readonly VenueOrder[] {
    return this.#orders
  }

  add(order: VenueOrder): void {
    this.#orders.push(order)
  }

  /** Forgets the orders that have ended. */
  sweep(): void {
    this.#orders = this.#orders.filter(isLive)
  }

  onTrade(trade: TradeEvent, rest: Rest): void {
    let available: number = trade.size
    for (const order of this.#orders) {
      const { side, price } = order.request
      if (!isLive(order)) continue
      const beyond = signOf(side) * (price - trade.price)
      if (beyond > 0) {
        rest(order, remainingOf(order))
      } else if (beyond === 0 && trade.side !== side) {
        const passed = Math.min(order.queueAhead, available)
        order.queueAhead -= passed
        available -= passed
        available -= rest(order, Math.min(available, remainingOf(order)))
        // The next of our orders at this price stands behind the same strangers: they are served once.
        available += passed
      }
    }
  }

  /** Quotes of the other side at our price or beyond: whoever placed them would have met us first. */
  onBook(event: BookEvent, rest: Rest): void {
    if (this.#orders.length === 0) return
    const used: Record<Side, number> = { buy: 0, sell: 0 }
    for (const order of this.#orders) {
      if (!isLive(order)) continue
      const { side } = order.request
      const reach = crossing(side === 'buy' ? event.asks : event.bids, order) - used[side]
      if (reach > 0) used[side] += rest(order, Math.min(reach, remainingOf(order)))
    }
  }
}

function crossing(levels: Levels, { request }: VenueOrder): number {
  let lots = 0
  for (let at = 0; at + 1 < levels.length; at += 2) {
    if (signOf(request.side) * (request.price - levels[at]!) >= 0) lots += levels[at + 1]!
  }
  return lots
}
