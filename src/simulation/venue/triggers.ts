import { marginRejection } from './order-rules.ts'
import type { VenueDesk } from './venue-desk.ts'
import type { VenueMarket } from './venue-market.ts'
import { conditionOf, isLive, type VenueOrder } from './venue-order.ts'

/** Shows a waiting order the price it watches, as it is now. True: its trigger is reached. */
export function watch(order: VenueOrder, market: VenueMarket): boolean {
  market.follow(order)
  const condition = conditionOf(order)
  return condition !== undefined && market.isReached(condition, order.best)
}

/** A conditional order that has just arrived waits, unless its trigger is reached already: Binance refuses it (-2021). */
export function arriveWaiting(order: VenueOrder, market: VenueMarket, desk: VenueDesk): void {
  if (watch(order, market)) {
    desk.end(order, 'rejected')
    return
  }
  desk.report(order)
  market.waiting.push(order)
}

/** From now on it is a market or limit order; of a stop-loss and take-profit the other one is cancelled. */
export function trigger(order: VenueOrder, desk: VenueDesk): void {
  order.triggered = true
  for (const sibling of order.entry?.protection ?? []) {
    if (sibling !== order && isLive(sibling)) desk.end(sibling, 'cancelled')
  }
  if (desk.allowance(order) === 0 || marginRejection(order.request, desk)) desk.end(order, 'expired')
}
