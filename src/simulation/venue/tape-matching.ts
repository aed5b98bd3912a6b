import type { BookEvent, TradeEvent } from '../../core/market-event.ts'
import type { Side } from '../../core/units.ts'
import { arriveWaiting, trigger, watch } from './triggers.ts'
import type { VenueDesk } from './venue-desk.ts'
import type { VenueMarket } from './venue-market.ts'
import { conditionOf, isLimited, isLive, remainingOf, type VenueOrder } from './venue-order.ts'

/** Matches orders against a recorded or live book and trades. */
export class TapeMatching {
  readonly #desk: VenueDesk

  constructor(desk: VenueDesk) {
    this.#desk = desk
  }

  /** One function for the venue's life: no closure per event. */
  readonly #rest = (order: VenueOrder, size: number): number =>
    this.#desk.execute(order, order.request.price, size, true)

  arrive(order: VenueOrder, market: VenueMarket): void {
    if (conditionOf(order)) arriveWaiting(order, market, this.#desk)
    else {
      this.#desk.report(order)
      this.#meet(order, market)
    }
    this.settle(market)
  }

  onBook(event: BookEvent, market: VenueMarket): void {
    market.resting.onDisplay(event, market.book)
    market.book.apply(event)
    market.resting.onBook(event, this.#rest)
  }

  onTrade(event: TradeEvent, market: VenueMarket): void {
    market.lastTicks = event.price
    market.resting.onTrade(event, this.#rest)
  }

  /** What follows from an event or arrival: triggers fire, oldest first, and their fills may bring protection that fires at once. */
  settle(market: VenueMarket): void {
    for (let at = 0; at < market.waiting.length; at++) {
      const order = market.waiting[at]!
      if (!isLive(order) || order.rests || !(order.triggered || watch(order, market))) continue
      if (!order.triggered) trigger(order, this.#desk)
      // Nobody knows what it would meet: a stop outlasts a gap.
      if (isLive(order) && market.book.synced) this.#meet(order, market)
    }
    this.#desk.tidy(market)
  }

  #meet(order: VenueOrder, market: VenueMarket): void {
    const { side, price, timeInForce } = order.request
    const limited = isLimited(order)
    const limit = limited ? price : side === 'buy' ? Number.POSITIVE_INFINITY : 0
    const reachable = market.book.reachable(side, limit)
    const refused =
      (limited && timeInForce === 'GTX' && reachable.length > 0) ||
      (timeInForce === 'FOK' && total(reachable) < Math.min(remainingOf(order), this.#desk.allowance(order)))
    if (!refused) this.#take(order, market, limit)
    if (isLive(order)) this.#restOrEnd(order, market, refused)
  }

  /** What the book shows at `limit` or better, for a liquidation. */
  closeOut(order: VenueOrder, limit: number, piece: (price: number, lots: number) => void): void {
    const { side, symbol } = order.request
    const { book } = this.#desk.market(symbol)
    for (const { price, lots } of book.reachable(side, limit)) {
      const size = Math.min(lots, remainingOf(order))
      if (size <= 0) break
      piece(wholeTicks(price, side), size)
      book.take(side, price, size)
    }
  }

  #take(order: VenueOrder, market: VenueMarket, limit: number): void {
    const { side } = order.request
    for (const { price, lots } of market.book.reachable(side, limit)) {
      if (!isLive(order)) break
      const taken = this.#desk.execute(order, wholeTicks(price, side), Math.min(lots, remainingOf(order)), false)
      if (taken === 0) break
      market.book.take(side, price, taken)
    }
  }

  #restOrEnd(order: VenueOrder, market: VenueMarket, refused: boolean): void {
    const { side, price, timeInForce } = order.request
    // The recorded depth ends before the real one does: a stop takes the rest when more is shown.
    if (order.triggered && !isLimited(order) && !refused) return
    const stays = isLimited(order) && timeInForce !== 'IOC' && timeInForce !== 'FOK' && market.book.synced && !refused
    if (!stays) {
      this.#desk.end(order, 'expired')
      return
    }
    order.rests = true
    market.resting.add(order, market.book.displayed(side, price))
  }
}

const total = (slices: readonly { readonly lots: number }[]): number => slices.reduce((sum, { lots }) => sum + lots, 0)

/** Fills count whole ticks: what lies between two (see `Levels`) is taken at the one that is worse for the taker, within its limit. */
const wholeTicks = (price: number, side: Side): number =>
  side === 'buy' ? Math.ceil(price) : Math.max(1, Math.floor(price))
