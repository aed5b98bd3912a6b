import type { AlgoOrder, VenueFill, VenueOrder } from '../exchange/exchange.ts'
import type { Listing } from './listing.ts'

export const sideText = (side: 'buy' | 'sell'): 'BUY' | 'SELL' => (side === 'buy' ? 'BUY' : 'SELL')

/** Mean price of what was filled; Binance writes at least five decimals. */
export function averagePriceText(listing: Listing, order: VenueOrder): string {
  const decimals = Math.max(5, listing.priceDecimals)
  if (order.filled === 0) return (0).toFixed(decimals)
  return ((Number(order.filledTickLots) / order.filled) * listing.convert.tickSize).toFixed(decimals)
}

function common(listing: Listing, order: VenueOrder) {
  return {
    orderId: order.orderId,
    symbol: listing.name,
    status: order.status,
    clientOrderId: order.clientId,
    price: listing.priceText(order.price ?? 0),
    avgPrice: averagePriceText(listing, order),
    origQty: listing.quantityText(order.size),
    executedQty: listing.quantityText(order.filled),
    cumQuote: listing.quoteText(order.filledTickLots),
    timeInForce: order.timeInForce,
    type: order.type,
    reduceOnly: order.reduceOnly,
    closePosition: false,
    side: sideText(order.side),
    positionSide: order.positionSide ?? 'BOTH',
    stopPrice: listing.priceText(0),
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    origType: order.type,
    priceMatch: 'NONE',
    selfTradePreventionMode: order.selfTrade ?? 'EXPIRE_MAKER',
    goodTillDate: order.goodTillDate ?? 0,
    updateTime: Math.floor(order.updatedAt),
  }
}

/** Answer of place and cancel. */
export const orderAnswer = (listing: Listing, order: VenueOrder) => ({
  ...common(listing, order),
  cumQty: listing.quantityText(order.filled),
})

/** `newOrderRespType=ACK`: says only that the order was taken. */
export const orderAck = (listing: Listing, order: VenueOrder) =>
  orderAnswer(listing, { ...order, status: 'NEW', filled: 0 as VenueOrder['filled'], filledTickLots: 0n })

/** Answer of queries. */
export const orderRow = (listing: Listing, order: VenueOrder) => ({
  ...common(listing, order),
  time: Math.floor(order.createdAt),
})

export const isOpen = (order: VenueOrder): boolean => order.status === 'NEW' || order.status === 'PARTIALLY_FILLED'

export const fillRow = (listing: Listing, fill: VenueFill) => ({
  symbol: listing.name,
  id: fill.tradeId,
  orderId: fill.orderId,
  side: sideText(fill.side),
  price: listing.priceText(fill.price),
  qty: listing.quantityText(fill.size),
  realizedPnl: fill.realisedPnl,
  quoteQty: listing.quoteText(BigInt(fill.price) * BigInt(fill.size)),
  commission: fill.fee,
  commissionAsset: listing.instrument.settle,
  time: Math.floor(fill.at),
  positionSide: fill.positionSide,
  buyer: fill.side === 'buy',
  maker: fill.maker,
})

/** Price and rate of a trailing stop, as Binance names them in answers; nothing for other types. */
const trailingJson = (listing: Listing, { activationPrice, callbackBps }: AlgoOrder) =>
  callbackBps === undefined
    ? {}
    : {
        activatePrice: activationPrice === undefined ? '' : listing.priceText(activationPrice),
        callbackRate: (callbackBps / 100).toFixed(1),
      }

/** `made`: the order that the trigger made, once it did. */
export function algoRow(listing: Listing, algo: AlgoOrder, made: VenueOrder | undefined) {
  return {
    algoId: algo.algoId,
    clientAlgoId: algo.clientAlgoId,
    algoType: 'CONDITIONAL',
    orderType: algo.type,
    symbol: listing.name,
    side: sideText(algo.side),
    positionSide: algo.positionSide ?? 'BOTH',
    timeInForce: algo.timeInForce,
    quantity: listing.quantityText(algo.size),
    algoStatus: algo.status,
    actualOrderId: algo.orderId === undefined ? '' : String(algo.orderId),
    actualPrice: made === undefined ? '0.00000' : averagePriceText(listing, made),
    actualQty: listing.quantityText(made?.filled ?? 0),
    actualType: made?.type ?? '',
    triggerPrice: listing.priceText(algo.triggerPrice ?? 0),
    price: listing.priceText(algo.price ?? 0),
    ...trailingJson(listing, algo),
    icebergQuantity: null,
    tpTriggerPrice: '0.000',
    tpPrice: '0.000',
    slTriggerPrice: '0.000',
    slPrice: '0.000',
    tpOrderType: '',
    selfTradePreventionMode: algo.selfTrade ?? 'EXPIRE_MAKER',
    workingType: algo.workingType,
    priceMatch: 'NONE',
    closePosition: algo.closePosition,
    priceProtect: algo.priceProtect ?? false,
    reduceOnly: algo.reduceOnly,
    createTime: Math.floor(algo.createdAt),
    updateTime: Math.floor(algo.updatedAt),
    triggerTime: Math.floor(algo.triggeredAt ?? 0),
    goodTillDate: algo.goodTillDate ?? 0,
  }
}
