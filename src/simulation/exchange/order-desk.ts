import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { Lots } from '../../core/units.ts'
import { bookOrder, MARKET_PRICE } from '../matching/matching-book.ts'
import { admit, refused } from './admission.ts'
import type { AccountId, Outcome, PlaceRequest, VenueOrder } from './exchange.ts'
import type { LiveOrder } from './ledger.ts'
import type { Market } from './market.ts'
import { closable, emitOrder, endOrder, type Venue } from './venue.ts'

type OrderKey = { readonly orderId: number } | { readonly clientId: string }

export function findOrder(
  venue: Venue,
  account: AccountId,
  symbol: InstrumentSymbol,
  key: OrderKey,
): VenueOrder | undefined {
  const ledger = venue.ledgerOf(account)
  const order = 'orderId' in key ? ledger.orders.get(key.orderId) : ledger.byClientId(symbol, key.clientId)
  return order?.symbol === symbol ? order : undefined
}

/** Makes a keyed order known and announces it. `algoId`: the trigger order behind it. */
export function openOrder(venue: Venue, request: PlaceRequest, algoId?: number): LiveOrder {
  const { account, symbol, side, type, price, size, timeInForce, reduceOnly, clientId } = request
  const live: LiveOrder = {
    state: {
      ...{ account, symbol, side, type, size, timeInForce, reduceOnly, clientId },
      ...(price === undefined ? {} : { price }),
      orderId: venue.nextOrderId(),
      status: 'NEW',
      filled: 0 as Lots,
      filledTickLots: 0n,
      createdAt: venue.now,
      updatedAt: venue.now,
      ...(algoId === undefined ? {} : { algoId }),
    },
    resting: undefined,
  }
  venue.live.set(live.state.orderId, live)
  venue.ledgerOf(account).remember(live.state)
  emitOrder(venue, 'NEW', live.state)
  return live
}

/** Sends a known order to the book. False when a rest neither traded nor rests: the caller ends the order. */
export function execute(venue: Venue, market: Market, live: LiveOrder): boolean {
  const { orderId, account, side, type, price, size, timeInForce, reduceOnly } = live.state
  const limit = type === 'MARKET' ? MARKET_PRICE[side] : price!
  const order = bookOrder(orderId, account, side, limit, size, reduceOnly)
  const lasting = type === 'MARKET' ? 'IOC' : timeInForce === 'GTX' ? 'GTC' : timeInForce
  const result = market.book.submit(order, lasting)
  if (result === 'resting') {
    live.resting = order
    venue.ledgerOf(account).open.set(orderId, live)
  }
  return result !== 'expired'
}

export function place(venue: Venue, request: PlaceRequest, algoId?: number): Outcome<VenueOrder> {
  const admitted = admit(venue, request)
  if (!admitted.ok) return admitted
  const live = openOrder(venue, request, algoId)
  if (!execute(venue, admitted.value, live)) endOrder(venue, live, 'EXPIRED')
  return { ok: true, value: live.state }
}

export function withdraw(venue: Venue, live: LiveOrder, status: 'CANCELED' | 'EXPIRED'): void {
  venue.markets.get(live.state.symbol)!.book.cancel(live.resting!)
  endOrder(venue, live, status)
}

export function cancel(venue: Venue, account: AccountId, symbol: InstrumentSymbol, key: OrderKey): Outcome<VenueOrder> {
  if (!venue.markets.has(symbol)) return refused('unknown-symbol', symbol)
  const order = findOrder(venue, account, symbol, key)
  const live = order && venue.ledgerOf(account).open.get(order.orderId)
  if (!live) return refused('unknown-order', JSON.stringify(key))
  withdraw(venue, live, 'CANCELED')
  return { ok: true, value: { ...live.state } }
}

/** Open orders of the account, one instrument or all, oldest first. */
export const openOrders = (venue: Venue, account: AccountId, symbol?: InstrumentSymbol): readonly LiveOrder[] =>
  [...venue.ledgerOf(account).open.values()].filter(({ state }) => symbol === undefined || state.symbol === symbol)

/** Ends the reduce-only orders that have nothing left to reduce. */
export function pruneReduceOnly(venue: Venue, account: AccountId): void {
  for (const live of openOrders(venue, account)) {
    const { symbol, side, reduceOnly } = live.state
    if (reduceOnly && closable(venue, account, symbol, side) === 0) withdraw(venue, live, 'EXPIRED')
  }
}
