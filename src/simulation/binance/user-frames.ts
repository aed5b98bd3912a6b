import Big from 'big.js'
import type { EpochMs } from '../../core/units.ts'
import type { AccountId, PositionSide } from '../exchange/exchange.ts'
import type { ExchangeOutput } from '../exchange/exchange-output.ts'
import { entryPriceText, positionFigures } from './account-figures.ts'
import { eightDecimals } from './decimal-text.ts'
import { averagePriceText, sideText } from './order-json.ts'
import type { Venue } from './routes.ts'

// Payloads of the user data stream: "User Data Streams" of Binance USD-M.

export type UserOutput = Extract<ExchangeOutput, { kind: 'order' | 'algo' | 'account' | 'leverage' }>

/** Profit realised so far by an account on an instrument, before fees; decimal string. */
export type RealisedSoFar = (account: AccountId, symbol: string, positionSide: PositionSide) => string

export function userFrames(
  venue: Venue,
  output: UserOutput,
  realised: RealisedSoFar,
  now: EpochMs,
): readonly unknown[] {
  switch (output.kind) {
    case 'order':
      return output.fill === undefined
        ? [orderFrame(venue, output, now)]
        : [tradeLiteFrame(venue, output, output.fill, now), orderFrame(venue, output, now)]
    case 'algo':
      return [algoFrame(venue, output, now)]
    case 'account':
      return [accountFrame(venue, output, realised, now)]
    case 'leverage':
      return [
        {
          e: 'ACCOUNT_CONFIG_UPDATE',
          E: Math.floor(now),
          T: Math.floor(output.at),
          ac: { s: venue.listings.of(output.symbol).name, l: output.leverage },
        },
      ]
  }
}

type OrderOutput = Extract<UserOutput, { kind: 'order' }>

function orderFrame(venue: Venue, { at, execution, order, fill }: OrderOutput, now: EpochMs) {
  const listing = venue.listings.of(order.symbol)
  return {
    e: 'ORDER_TRADE_UPDATE',
    T: Math.floor(at),
    E: Math.floor(now),
    o: {
      s: listing.name,
      c: order.clientId,
      S: sideText(order.side),
      o: order.type,
      f: order.timeInForce,
      q: listing.quantityText(order.size),
      p: listing.priceText(order.price ?? 0),
      ap: averagePriceText(listing, order),
      sp: '0',
      x: execution,
      X: order.status,
      i: order.orderId,
      l: listing.quantityText(fill?.size ?? 0),
      z: listing.quantityText(order.filled),
      L: listing.priceText(fill?.price ?? 0),
      ...(fill === undefined ? {} : { N: listing.instrument.settle, n: fill.fee }),
      T: Math.floor(fill?.at ?? at),
      t: fill?.tradeId ?? 0,
      b: '0',
      a: '0',
      m: fill?.maker ?? false,
      R: order.reduceOnly,
      wt: 'CONTRACT_PRICE',
      ot: order.type,
      ps: order.positionSide ?? 'BOTH',
      cp: false,
      rp: fill?.realisedPnl ?? '0',
      pP: false,
      si: 0,
      ss: 0,
      V: order.selfTrade ?? 'EXPIRE_MAKER',
      pm: 'NONE',
      gtd: order.goodTillDate ?? 0,
    },
  }
}

function tradeLiteFrame(
  venue: Venue,
  { at, order }: OrderOutput,
  fill: NonNullable<OrderOutput['fill']>,
  now: EpochMs,
) {
  const listing = venue.listings.of(order.symbol)
  return {
    e: 'TRADE_LITE',
    E: Math.floor(now),
    T: Math.floor(at),
    s: listing.name,
    q: listing.quantityText(order.size),
    p: listing.priceText(order.price ?? 0),
    m: fill.maker,
    c: order.clientId,
    S: sideText(order.side),
    L: listing.priceText(fill.price),
    l: listing.quantityText(fill.size),
    t: fill.tradeId,
    i: order.orderId,
  }
}

function algoFrame(venue: Venue, { at, order }: Extract<UserOutput, { kind: 'algo' }>, now: EpochMs) {
  const listing = venue.listings.of(order.symbol)
  const made =
    order.orderId === undefined
      ? undefined
      : venue.exchange.findOrder(order.account, order.symbol, { orderId: order.orderId })
  return {
    e: 'ALGO_UPDATE',
    T: Math.floor(at),
    E: Math.floor(now),
    o: {
      caid: order.clientAlgoId,
      aid: order.algoId,
      at: 'CONDITIONAL',
      o: order.type,
      s: listing.name,
      S: sideText(order.side),
      ps: order.positionSide ?? 'BOTH',
      f: order.timeInForce,
      q: listing.quantityText(order.size),
      X: order.status,
      ai: order.orderId === undefined ? '' : String(order.orderId),
      ap: made === undefined ? '0.00000' : averagePriceText(listing, made),
      aq: listing.quantityText(made?.filled ?? 0),
      act: made?.type ?? '0',
      tp: listing.priceText(order.triggerPrice ?? 0),
      p: listing.priceText(order.price ?? 0),
      ...(order.callbackBps === undefined ? {} : { cr: (order.callbackBps / 100).toFixed(1) }),
      ...(order.activationPrice === undefined ? {} : { AP: listing.priceText(order.activationPrice) }),
      V: order.selfTrade ?? 'EXPIRE_MAKER',
      wt: order.workingType,
      pm: 'NONE',
      cp: order.closePosition,
      pP: order.priceProtect ?? false,
      R: order.reduceOnly,
      tt: Math.floor(order.triggeredAt ?? 0),
      gtd: order.goodTillDate ?? 0,
    },
  }
}

function accountFrame(
  venue: Venue,
  output: Extract<UserOutput, { kind: 'account' }>,
  realised: RealisedSoFar,
  now: EpochMs,
) {
  const wallet = new Big(output.wallet).toFixed(8)
  const { currency } = venue.exchange.account(output.account)
  // A fill's profit and fee are no part of `bc`; funding in cross mode comes without positions.
  const change = output.reason === 'ORDER' ? '0' : output.walletChange
  const positions = output.reason === 'ORDER' || output.reason === 'MARGIN_TRANSFER' ? output.positions : []
  return {
    e: 'ACCOUNT_UPDATE',
    T: Math.floor(output.at),
    E: Math.floor(now),
    a: {
      m: output.reason,
      B: [{ a: currency, wb: wallet, cw: new Big(output.crossWallet).toFixed(8), bc: change }],
      P: positions.map((position) => {
        const figures = positionFigures(venue, position)
        return {
          s: figures.listing.name,
          pa: figures.listing.quantityText(position.lots),
          ep: entryPriceText(position.entryPrice),
          bep: entryPriceText(position.entryPrice),
          cr: realised(output.account, position.symbol, position.positionSide),
          up: eightDecimals(figures.unrealised),
          mt: position.marginType,
          iw: position.marginType === 'isolated' ? new Big(position.isolatedWallet).toFixed(8) : '0',
          ps: position.positionSide,
          ma: currency,
        }
      }),
    },
  }
}
