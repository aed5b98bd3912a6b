import { type Lots, lots } from '../../core/units.ts'
import type { AlgoOrder } from '../exchange/exchange.ts'
import type { Listing } from './listing.ts'
import { within } from './market-routes.ts'
import { algoRow } from './order-json.ts'
import { checkPositionSide, clientIdOf, needLots, needTicks, timeInForceOf } from './order-params.ts'
import { accepted, noSuchOrder } from './order-routes.ts'
import { BinanceRefusal } from './refusal.ts'
import type { Params } from './request.ts'
import { type Call, type Routes, signed, type Venue } from './routes.ts'

type AlgoRequest = Omit<AlgoOrder, 'algoId' | 'status' | 'createdAt' | 'updatedAt' | 'orderId'>

/** Conditional orders: the algo service, the only way in since December 2025. */
export function algoRoutes(venue: Venue): Routes {
  const { exchange, listings } = venue
  let made = 0
  const makeId = () => {
    made += 1
    return `autoalgo-${made}`
  }
  const json = (algo: AlgoOrder) => {
    const order =
      algo.orderId === undefined ? undefined : exchange.findOrder(algo.account, algo.symbol, { orderId: algo.orderId })
    return algoRow(listings.of(algo.symbol), algo, order)
  }
  const symbolOf = ({ params }: Call) => {
    const name = params.text('symbol')
    return name === undefined ? undefined : listings.named(name).symbol
  }
  const openOnes = (call: Call) =>
    exchange.algoOrders(call.account, symbolOf(call)).filter((algo) => algo.status === 'NEW')
  return {
    'POST /fapi/v1/algoOrder': signed(({ params, account, now }) => {
      const listing = listings.named(params.need('symbol'))
      return json(accepted(exchange.placeAlgo(algoRequest(params, account, listing, makeId), now)))
    }, 0),
    'DELETE /fapi/v1/algoOrder': signed(({ params, account, now }) => {
      const algo = accepted(exchange.cancelAlgo(account, algoIdOf(params), now))
      return { algoId: algo.algoId, clientAlgoId: algo.clientAlgoId, code: '200', msg: 'success' }
    }),
    'GET /fapi/v1/algoOrder': signed(({ params, account }) => {
      const id = algoIdOf(params)
      const matches = (algo: AlgoOrder) =>
        'algoId' in id ? algo.algoId === id.algoId : algo.clientAlgoId === id.clientAlgoId
      const algo = exchange.algoOrders(account).findLast(matches)
      if (algo === undefined) throw noSuchOrder()
      return json(algo)
    }),
    'GET /fapi/v1/openAlgoOrders': signed((call) => openOnes(call).map(json)),
    'GET /fapi/v1/allAlgoOrders': signed((call) => {
      const { params, account } = call
      const { symbol } = listings.named(params.need('symbol'))
      const limit = params.limit(500, 1_000)
      const rows = within(
        exchange.algoOrders(account, symbol),
        params.integer('startTime'),
        params.integer('endTime'),
        (algo) => Math.floor(algo.createdAt),
      )
      return rows.slice(-limit).map(json)
    }, 5),
    'DELETE /fapi/v1/algoOpenOrders': signed((call) => {
      listings.named(call.params.need('symbol'))
      for (const { algoId } of openOnes(call)) exchange.cancelAlgo(call.account, { algoId }, call.now)
      return { code: 200, msg: 'The operation of cancel all open order is done.' }
    }),
  }
}

function algoIdOf(params: Params): { algoId: number } | { clientAlgoId: string } {
  const algoId = params.integer('algoId')
  if (algoId !== undefined) return { algoId }
  const clientAlgoId = params.text('clientAlgoId')
  if (clientAlgoId !== undefined) return { clientAlgoId }
  throw new BinanceRefusal(-1102, "Param 'clientAlgoId' or 'algoId' must be sent, but both were empty/null!")
}

function algoRequest(params: Params, account: string, listing: Listing, makeId: () => string): AlgoRequest {
  if (params.need('algoType').toUpperCase() !== 'CONDITIONAL') {
    throw new BinanceRefusal(-1102, "Mandatory parameter 'algoType' was not sent, was empty/null, or malformed.")
  }
  const side = params.side()
  const type = params.need('type').toUpperCase()
  if (type !== 'STOP' && type !== 'STOP_MARKET' && type !== 'TAKE_PROFIT' && type !== 'TAKE_PROFIT_MARKET') {
    throw new BinanceRefusal(-1116, 'Invalid orderType.')
  }
  checkPositionSide(params)
  const isMarket = type === 'STOP_MARKET' || type === 'TAKE_PROFIT_MARKET'
  const closePosition = params.flag('closePosition')
  const reduceOnly = params.flag('reduceOnly')
  if (closePosition && (!isMarket || reduceOnly || params.text('quantity') !== undefined)) {
    throw new BinanceRefusal(-4136, 'Target strategy invalid for orderType, closePosition true.')
  }
  const workingType = params.text('workingType')?.toUpperCase() ?? 'CONTRACT_PRICE'
  if (workingType !== 'MARK_PRICE' && workingType !== 'CONTRACT_PRICE') {
    throw new BinanceRefusal(-4096, 'Working type invalid.')
  }
  const size: Lots = closePosition ? lots(0) : needLots(params, listing, isMarket)
  return {
    account,
    symbol: listing.symbol,
    clientAlgoId: clientIdOf(params, 'clientAlgoId', makeId),
    side,
    type,
    triggerPrice: needTicks(params, 'triggerPrice', listing),
    ...(isMarket ? {} : { price: needTicks(params, 'price', listing) }),
    size,
    reduceOnly,
    closePosition,
    workingType,
    timeInForce: timeInForceOf(params, 'GTC'),
  }
}
