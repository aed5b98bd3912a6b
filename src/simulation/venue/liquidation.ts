import { check } from '../../core/check.ts'
import { lots, ticks } from '../../core/units.ts'
import type { Liquidation } from '../account/liquidation.ts'
import type { VenueDesk } from './venue-desk.ts'
import type { VenueMarket } from './venue-market.ts'
import { newOrder, remainingOf, type VenueOrder } from './venue-order.ts'

/** Steps in which positions may be closed at one moment; each goes at least one margin tier down. */
const STEPS_MAX = 1_000

/** What closing by force can get of `order` from the market at `limit` or better, told piece by piece to `VenueDesk.liquidate`. */
export type CloseOut = (order: VenueOrder, limit: number, piece: (price: number, lots: number) => void) => void

/**
 * Closes what is below its maintenance margin: orders of what shares the margin go first, then positions against the market down to
 * the bankruptcy price, at which the exchange takes over what is left. True: something was liquidated.
 */
export function liquidateIfDue(desk: VenueDesk, closeOut: CloseOut): boolean {
  for (let step = 0; ; step++) {
    const due = desk.account.liquidations()
    if (due.length === 0) return step > 0
    check(step < STEPS_MAX, 'steps of a liquidation', step)
    for (const one of due) {
      cancelOrders(desk, one)
      closeOne(desk, one, closeOut)
    }
  }
}

/** Orders that stand in the way: those of an isolated position's instrument; where margin is shared, of all that share it. */
function cancelOrders(desk: VenueDesk, { symbol }: Liquidation): void {
  const { account, markets } = desk
  const due = desk.market(symbol)
  const shares = (market: VenueMarket) =>
    account.marginType(symbol) === 'cross' &&
    account.marginType(market.instrument.symbol) === 'cross' &&
    market.instrument.settle === due.instrument.settle
  for (const market of markets.values()) {
    if (market !== due && !shares(market)) continue
    for (const order of market.live()) desk.end(order, 'cancelled')
    market.sweep()
  }
}

function closeOne(desk: VenueDesk, due: Liquidation, closeOut: CloseOut): void {
  const venueId = desk.nextVenueId()
  const { now } = desk
  const order = newOrder(
    {
      clientId: `autoclose-${venueId}`,
      decisionId: '',
      symbol: due.symbol,
      side: due.side,
      lots: lots(due.lots),
      type: 'limit',
      price: ticks(due.bankruptcyTicks),
      timeInForce: 'IOC',
      ...(due.positionSide && { positionSide: due.positionSide }),
      reduceOnly: true,
      createdAt: now,
    },
    venueId,
    desk.latency.at(now),
    { now, arrivesAt: now },
  )
  desk.history.add(order)
  desk.report(order)
  closeOut(order, due.bankruptcyTicks, (price, size) => desk.liquidate(order, due, price, size))
  const left = remainingOf(order)
  if (left > 0) desk.liquidate(order, due, due.bankruptcyTicks, left)
}
