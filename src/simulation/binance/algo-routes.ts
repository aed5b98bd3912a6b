import { type Lots, lots } from '../../core/units.ts'
import type { AlgoKey, AlgoOrder, AlgoRequest, AlgoType } from '../exchange/exchange.ts'
import type { Listing } from './listing.ts'
import { within } from './market-routes.ts'
import { algoRow } from './order-json.ts'
import {
  clientIdOf,
  lastingOf,
  needLots,
  needTicks,
  positionSideOf,
  reduceOnlyOf,
  selfTradeOf,
} from './order-params.ts'
import { accepted, noSuchOrder } from './order-routes.ts'
import { BinanceRefusal, mandatory } from './refusal.ts'
import type { Params } from './request.ts'
import { type Call, type Routes, signed, type Venue } from './routes.ts'

const TYPES: ReadonlySet<string> = new Set<AlgoType>([
  'STOP',
  'STOP_MARKET',
  'TAKE_PROFIT',
  'TAKE_PROFIT_MARKET',
  'TRAILING_STOP_MARKET',
])

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

function algoIdOf(params: Params): AlgoKey {
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
  const type = typeOf(params)
  const positionSide = positionSideOf(params)
  const isMarket = type !== 'STOP' && type !== 'TAKE_PROFIT'
  const closePosition = params.flag('closePosition')
  const reduceOnly = reduceOnlyOf(params, positionSide)
  if (closePosition) checkClosing(params, type, reduceOnly)
  const workingType = params.text('workingType')?.toUpperCase() ?? 'CONTRACT_PRICE'
  if (workingType !== 'MARK_PRICE' && workingType !== 'CONTRACT_PRICE') {
    throw new BinanceRefusal(-4031, 'Invalid parameter working type.')
  }
  const size: Lots = closePosition ? lots(0) : needLots(params, listing, isMarket)
  return {
    account,
    symbol: listing.symbol,
    clientAlgoId: clientIdOf(params, 'clientAlgoId', makeId),
    side,
    positionSide,
    type,
    ...triggerOf(params, type, listing),
    ...(isMarket ? {} : { price: needTicks(params, 'price', listing) }),
    size,
    reduceOnly,
    closePosition,
    workingType,
    priceProtect: params.flag('priceProtect'),
    ...lastingOf(params, 'GTC'),
    ...selfTradeOf(params),
  }
}

function typeOf(params: Params): AlgoType {
  const type = params.need('type').toUpperCase()
  if (!TYPES.has(type)) throw new BinanceRefusal(-1116, 'Invalid orderType.')
  return type as AlgoType
}

/** Close-All is for stop-market and take-profit-market, without a size and without reduceOnly. Throws −4136, −4137. */
function checkClosing(params: Params, type: AlgoType, reduceOnly: boolean): void {
  if ((type !== 'STOP_MARKET' && type !== 'TAKE_PROFIT_MARKET') || reduceOnly) {
    throw new BinanceRefusal(-4136, 'Target strategy invalid for orderType, closePosition true.')
  }
  if (params.text('quantity') !== undefined) {
    throw new BinanceRefusal(-4137, 'Quantity must be zero with closePosition equals true.')
  }
}

/**
 * The algo service knows the activation price as `activatePrice`; `activationPrice`, its name at the order endpoint of old, is
 * ignored without a word (binance-connector-java issue 206, JKorf/Binance.Net issue 1561).
 */
function triggerOf(params: Params, type: AlgoType, listing: Listing): Partial<AlgoRequest> {
  if (type !== 'TRAILING_STOP_MARKET') return { triggerPrice: needTicks(params, 'triggerPrice', listing) }
  const rate = params.decimal('callbackRate')
  if (rate === undefined) throw mandatory('callbackRate')
  return {
    callbackBps: Number((Number(rate) * 100).toFixed(6)),
    ...(params.text('activatePrice') === undefined
      ? {}
      : { activationPrice: needTicks(params, 'activatePrice', listing) }),
  }
}
