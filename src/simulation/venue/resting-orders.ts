import type { BookEvent, Levels, TradeEvent } from '../../core/market-event.ts'
import { type Side, signOf } from '../../core/units.ts'
import type { LevelBook } from './level-book.ts'
import type { QueueModel } from './queue-model.ts'
import { isLive, remainingOf, type VenueOrder } from './venue-order.ts'

/** Fills `lots` of a resting order at its own price; takes less when the order may not have more. Returns what it took. */
export type Rest = (order: VenueOrder, lots: number) => number

/**
 * Orders that wait in the book of one instrument, oldest first. They stand behind all that was displayed when they came; how that
 * queue shortens says the model. A trade or quote beyond their price has passed them.
 */
export class RestingOrders {
  #orders: VenueOrder[] = []
  readonly #model: QueueModel

  constructor(model: QueueModel) {
    this.#model = model
  }

  get all(): readonly VenueOrder[] {
    return this.#orders
  }

  /** `ahead`: lots displayed at its price. */
  add(order: VenueOrder, ahead: number): void {
    order.queue.ahead = ahead
    order.queue.traded = 0
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
        // The next of our orders at this price stands behind the same strangers: they are served once.
        const reaching = this.#model.onTrade(order.queue, available, trade.size)
        available -= rest(order, Math.min(reaching, remainingOf(order)))
      }
    }
  }

  /** Call before `book` takes the event in: the queue models compare the display before and after. */
  onDisplay(event: BookEvent, book: LevelBook): void {
    if (this.#orders.length === 0 || !this.#model.watchesDisplay) return
    for (const { request, queue } of this.#orders) {
      const levels = request.side === 'buy' ? event.bids : event.asks
      const after = displayedIn(levels, request.price) ?? (event.type === 'snapshot' ? 0 : undefined)
      if (after === undefined) continue
      // After a gap nobody knows what the display was: only what it is now bounds the queue.
      const before = book.synced ? book.displayed(request.side, request.price) : 0
      this.#model.onDisplay(queue, before, after)
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

function displayedIn(levels: Levels, price: number): number | undefined {
  for (let at = 0; at + 1 < levels.length; at += 2) if (levels[at] === price) return levels[at + 1]
  return undefined
}

function crossing(levels: Levels, { request }: VenueOrder): number {
  let lots = 0
  for (let at = 0; at + 1 < levels.length; at += 2) {
    if (signOf(request.side) * (request.price - levels[at]!) >= 0) lots += levels[at + 1]!
  }
  return lots
}
