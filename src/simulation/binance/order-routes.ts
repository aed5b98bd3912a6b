import { PRICE_BAND } from '../exchange/admission.ts'
import type { OrderKey, Outcome, PlaceRequest, VenueOrder } from '../exchange/exchange.ts'
import type { Listing } from './listing.ts'
import { within } from './market-routes.ts'
import { fillRow, isOpen, orderAck, orderAnswer, orderRow } from './order-json.ts'
import {
  clientIdOf,
  lastingOf,
  needLots,
  needTicks,
  positionSideOf,
  reduceOnlyOf,
  selfTradeOf,
} from './order-params.ts'
import { BinanceRefusal, refusalOf } from './refusal.ts'
import type { Params } from './request.ts'
import { type Call, type Routes, signed, type Venue } from './routes.ts'

const CONDITIONAL_TYPES = new Set(['STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'])
const WINDOW_MS = 7 * 86_400_000

/** "Trade" endpoints of Binance USD-M, conditional orders apart. */
export function orderRoutes(venue: Venue): Routes {
  const listingOf = ({ params }: Call) => venue.listings.named(params.need('symbol'))
  const found = (call: Call): [Listing, VenueOrder | undefined] => {
    const listing = listingOf(call)
    return [listing, venue.exchange.findOrder(call.account, listing.symbol, orderIdOf(call.params))]
  }
  const openOrders = ({ params, account }: Call) => {
    const name = params.text('symbol')
    const symbol = name === undefined ? undefined : venue.listings.named(name).symbol
    const orders = venue.exchange.orders(account, symbol).filter(isOpen)
    return orders.map((order) => orderRow(venue.listings.of(order.symbol), order))
  }
  return {
    'POST /fapi/v1/order': signed(placeHandler(venue), 0),
    'PUT /fapi/v1/order': signed(amendHandler(venue), 0),
    'DELETE /fapi/v1/order': signed((call) => {
      const listing = listingOf(call)
      const outcome = venue.exchange.cancel(call.account, listing.symbol, orderIdOf(call.params), call.now)
      return orderAnswer(listing, accepted(outcome))
    }),
    'GET /fapi/v1/order': signed((call) => {
      const [listing, order] = found(call)
      if (order === undefined) throw noSuchOrder()
      return orderRow(listing, order)
    }),
    'GET /fapi/v1/openOrder': signed((call) => {
      const [listing, order] = found(call)
      if (order === undefined || !isOpen(order)) throw noSuchOrder()
      return orderRow(listing, order)
    }),
    'GET /fapi/v1/openOrders': signed(openOrders),
    'DELETE /fapi/v1/allOpenOrders': signed((call) => {
      venue.exchange.cancelAll(call.account, listingOf(call).symbol, call.now)
      return { code: 200, msg: 'The operation of cancel all open order is done.' }
    }),
    'GET /fapi/v1/allOrders': signed((call) => allOrders(venue, listingOf(call), call), 5),
    'GET /fapi/v1/userTrades': signed((call) => userTrades(venue, listingOf(call), call), 5),
  }
}

export const noSuchOrder = (): BinanceRefusal => new BinanceRefusal(-2013, 'Order does not exist.')

export function accepted<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value
  throw refusalOf(outcome.reason, outcome.detail)
}

function orderIdOf(params: Params): OrderKey {
  const orderId = params.integer('orderId')
  if (orderId !== undefined) return { orderId }
  const clientId = params.text('origClientOrderId')
  if (clientId !== undefined) return { clientId }
  throw new BinanceRefusal(-1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!")
}

function placeHandler(venue: Venue) {
  let made = 0
  const makeId = () => {
    made += 1
    return `autogen-${made}`
  }
  return (call: Call) => {
    const { params, account, now } = call
    const listing = venue.listings.named(params.need('symbol'))
    const request = placeRequest(params, account, listing, makeId)
    const outcome = venue.exchange.place(request, now)
    const order = outcome.ok ? outcome.value : refusePlacing(venue, listing, request, outcome)
    const wantsResult = params.text('newOrderRespType')?.toUpperCase() === 'RESULT'
    return wantsResult ? orderAnswer(listing, order) : orderAck(listing, order)
  }
}

/** Throws; two of the messages hold figures of the instrument. */
function refusePlacing(
  venue: Venue,
  listing: Listing,
  { side }: Pick<PlaceRequest, 'side'>,
  { reason, detail }: Extract<Outcome<VenueOrder>, { ok: false }>,
): never {
  if (reason === 'min-notional') {
    const least = listing.instrument.notionalMin
    throw new BinanceRefusal(
      -4164,
      `Order's notional must be no smaller than ${least} (unless you choose reduce only).`,
    )
  }
  if (reason === 'price-out-of-band') {
    const { markPrice } = venue.exchange.mark(listing.symbol)
    const bound = (markPrice * (side === 'buy' ? 1 + PRICE_BAND : 1 - PRICE_BAND)).toFixed(listing.priceDecimals)
    if (side === 'buy') throw new BinanceRefusal(-4016, `Limit price can't be higher than ${bound}.`)
    throw new BinanceRefusal(-4024, `Limit price can't be lower than ${bound}.`)
  }
  throw refusalOf(reason, detail)
}

function placeRequest(params: Params, account: string, listing: Listing, makeId: () => string): PlaceRequest {
  const side = params.side()
  const type = params.need('type').toUpperCase()
  if (CONDITIONAL_TYPES.has(type)) {
    throw new BinanceRefusal(
      -4120,
      'Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.',
    )
  }
  if (type !== 'LIMIT' && type !== 'MARKET') throw new BinanceRefusal(-1116, 'Invalid orderType.')
  const positionSide = positionSideOf(params)
  const clientId = clientIdOf(params, 'newClientOrderId', makeId)
  const shared = {
    ...{ account, symbol: listing.symbol, side, positionSide, clientId },
    reduceOnly: reduceOnlyOf(params, positionSide),
    ...selfTradeOf(params),
  }
  if (type === 'MARKET') {
    if (params.text('price') !== undefined) throw new BinanceRefusal(-1106, "Parameter 'price' sent when not required.")
    return { ...shared, type, size: needLots(params, listing, true), timeInForce: 'GTC' }
  }
  const lasting = lastingOf(params)
  return {
    ...shared,
    type,
    size: needLots(params, listing, false),
    price: needTicks(params, 'price', listing),
    ...lasting,
  }
}

/** "Modify Order": price and quantity must both be sent; `orderId` prevails. */
const amendHandler = (venue: Venue) => (call: Call) => {
  const { params, account, now } = call
  const listing = venue.listings.named(params.need('symbol'))
  const key = orderIdOf(params)
  const side = params.side()
  const change = { side, size: needLots(params, listing, false), price: needTicks(params, 'price', listing) }
  const outcome = venue.exchange.amend(account, listing.symbol, key, change, now)
  return orderAnswer(listing, outcome.ok ? outcome.value : refusePlacing(venue, listing, change, outcome))
}

/** The window asked for: seven days at most, the last seven unless said otherwise. Throws −4165. */
function windowOf(params: Params, now: number): [number, number] {
  const startTime = params.integer('startTime')
  const endTime = params.integer('endTime')
  if (startTime !== undefined && endTime !== undefined && endTime - startTime > WINDOW_MS) {
    throw new BinanceRefusal(-4165, 'Invalid time interval: the search window is at most 7 days.')
  }
  if (startTime !== undefined) return [startTime, endTime ?? startTime + WINDOW_MS]
  const end = endTime ?? Math.ceil(now)
  return [end - WINDOW_MS, end]
}

function allOrders(venue: Venue, listing: Listing, { params, account, now }: Call) {
  const limit = params.limit(500, 1_000)
  const orderId = params.integer('orderId')
  const orders = venue.exchange.orders(account, listing.symbol)
  const json = (order: VenueOrder) => orderRow(listing, order)
  if (orderId !== undefined)
    return orders
      .filter((order) => order.orderId >= orderId)
      .slice(0, limit)
      .map(json)
  const [start, end] = windowOf(params, now)
  const chosen = within(orders, start, end, (order) => Math.floor(order.createdAt))
  return (params.text('startTime') === undefined ? chosen.slice(-limit) : chosen.slice(0, limit)).map(json)
}

function userTrades(venue: Venue, listing: Listing, { params, account, now }: Call) {
  const limit = params.limit(500, 1_000)
  const fromId = params.integer('fromId')
  const orderId = params.integer('orderId')
  const all = venue.exchange.fills(account, listing.symbol)
  const fills = orderId === undefined ? all : all.filter((fill) => fill.orderId === orderId)
  const json = (fill: (typeof fills)[number]) => fillRow(listing, fill)
  if (fromId !== undefined) {
    if (params.text('startTime') !== undefined || params.text('endTime') !== undefined) {
      throw new BinanceRefusal(-1128, 'Combination of optional parameters invalid.')
    }
    return fills
      .filter((fill) => fill.tradeId >= fromId)
      .slice(0, limit)
      .map(json)
  }
  const [start, end] = windowOf(params, now)
  const chosen = within(fills, start, end, (fill) => Math.floor(fill.at))
  return (params.text('startTime') === undefined ? chosen.slice(-limit) : chosen.slice(0, limit)).map(json)
}
