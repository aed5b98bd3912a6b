import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs, Lots } from '../../core/units.ts'
import type { Liquidation } from '../account/liquidation.ts'
import { bookOrder, MARKET_PRICE } from '../matching/matching-book.ts'
import { admit, admitAmendment, badGoodTillDate, refused } from './admission.ts'
import type { AccountId, Amendment, OrderKey, Outcome, PlaceRequest, VenueOrder } from './exchange.ts'
import type { LiveOrder } from './ledger.ts'
import type { Market } from './market.ts'
import { closable, emitOrder, endOrder, reducesOnly, type Venue } from './venue.ts'

/** The venue keeps whole seconds of a good-till date. */
export const wholeSecond = (at: EpochMs): EpochMs => (Math.floor(at / 1000) * 1000) as EpochMs

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

/** Why there is an order: the trigger order behind it, or the exchange closing what is liquidated or deleveraged. */
interface Origin {
  readonly algoId?: number | undefined
  readonly liquidation?: Liquidation
  readonly isDeleveraged?: true
}

/** Makes a keyed order known and announces it. */
export function openOrder(
  venue: Venue,
  request: PlaceRequest,
  { algoId, liquidation, isDeleveraged }: Origin,
): LiveOrder {
  const { account, goodTillDate, ...terms } = request
  const live: LiveOrder = {
    state: {
      ...terms,
      account,
      ...(goodTillDate === undefined ? {} : { goodTillDate: wholeSecond(goodTillDate) }),
      orderId: venue.nextOrderId(),
      status: 'NEW',
      filled: 0 as Lots,
      filledTickLots: 0n,
      createdAt: venue.now,
      updatedAt: venue.now,
      ...(algoId === undefined ? {} : { algoId }),
    },
    resting: undefined,
    ...(liquidation && { liquidation }),
    ...(isDeleveraged && { isDeleveraged }),
  }
  venue.live.set(live.state.orderId, live)
  venue.ledgerOf(account).remember(live.state)
  emitOrder(venue, 'NEW', live.state)
  return live
}

/** Sends what a known order has left to the book. False when a rest neither traded nor rests: the caller ends the order. */
export function execute(venue: Venue, market: Market, live: LiveOrder): boolean {
  return sendToBook(venue, market, live) === undefined
}

function sendToBook(venue: Venue, market: Market, live: LiveOrder): 'EXPIRED' | 'EXPIRED_IN_MATCH' | undefined {
  const { orderId, account, side, type, price, size, filled, timeInForce, reduceOnly, selfTrade } = live.state
  const limit = type === 'MARKET' ? MARKET_PRICE[side] : price!
  const order = bookOrder(orderId, account, side, limit, size - filled, {
    capped: reduceOnly,
    ...(selfTrade === undefined ? {} : { selfTrade }),
  })
  const lasting = type === 'MARKET' ? 'IOC' : timeInForce === 'IOC' || timeInForce === 'FOK' ? timeInForce : 'GTC'
  const result = market.book.submit(order, lasting)
  if (result === 'resting') {
    live.resting = order
    venue.ledgerOf(account).open.set(orderId, live)
  }
  if (result === 'expired') return 'EXPIRED'
  return result === 'prevented' ? 'EXPIRED_IN_MATCH' : undefined
}

/** Puts the end of a resting GTD order on the agenda. */
function expireLater(venue: Venue, live: LiveOrder): void {
  const { goodTillDate: at, timeInForce } = live.state
  if (timeInForce !== 'GTD' || at === undefined) return
  venue.agenda.add({ at, isLive: () => live.resting !== undefined, act: () => withdraw(venue, live, 'EXPIRED') })
}

export function place(venue: Venue, wanted: PlaceRequest, algoId?: number): Outcome<VenueOrder> {
  const request = { ...wanted, reduceOnly: reducesOnly(venue.ledgerOf(wanted.account), wanted) }
  const admitted = admit(venue, request)
  if (!admitted.ok) return admitted
  // That of a conditional order was judged when it was placed.
  const bad = algoId === undefined ? badGoodTillDate(request, venue.now) : undefined
  if (bad) return bad
  const live = openOrder(venue, request, { algoId })
  const ended = sendToBook(venue, admitted.value, live)
  if (ended) endOrder(venue, live, ended)
  if (live.resting) expireLater(venue, live)
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

/** "Modify Order" of Binance USD-M: another price or size at the back of the queue. */
export function amend(
  venue: Venue,
  account: AccountId,
  symbol: InstrumentSymbol,
  key: OrderKey,
  change: Amendment,
): Outcome<VenueOrder> {
  if (!venue.markets.has(symbol)) return refused('unknown-symbol', symbol)
  const order = findOrder(venue, account, symbol, key)
  const live = order && venue.ledgerOf(account).open.get(order.orderId)
  if (!live) return refused('unknown-order', JSON.stringify(key))
  const { state } = live
  const admitted = admitAmendment(venue, state, change)
  if (!admitted.ok) return admitted
  const { book } = admitted.value
  if (change.size <= state.filled || (state.timeInForce === 'GTX' && book.crosses(state.side, change.price))) {
    withdraw(venue, live, 'CANCELED')
    return { ok: true, value: { ...state } }
  }
  book.cancel(live.resting!)
  live.resting = undefined
  state.price = change.price
  state.size = change.size
  state.updatedAt = venue.now
  emitOrder(venue, 'AMENDMENT', state)
  const ended = sendToBook(venue, admitted.value, live)
  if (ended) endOrder(venue, live, ended)
  return { ok: true, value: { ...state } }
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
