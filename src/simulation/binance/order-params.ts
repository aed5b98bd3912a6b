import { type EpochMs, epochMs, type Lots, lots, type Ticks, ticks } from '../../core/units.ts'
import type { PositionSide, TimeInForce } from '../exchange/exchange.ts'
import type { SelfTradeMode } from '../matching/book-side.ts'
import { decimalsIn } from './decimal-text.ts'
import { PRICE_TICKS_MAX } from './exchange-info.ts'
import type { Listing } from './listing.ts'
import { BinanceRefusal, mandatory } from './refusal.ts'
import type { Params } from './request.ts'

const CLIENT_ID = /^[.A-Z:/a-z0-9_-]{1,36}$/

const significantDecimals = (text: string) => decimalsIn(text.includes('.') ? text.replace(/0+$/, '') : text)

function checkPrecision(text: string, decimals: number): void {
  if (significantDecimals(text) > decimals) {
    throw new BinanceRefusal(-1111, 'Precision is over the maximum defined for this asset.')
  }
}

/** `name`: `price` or `triggerPrice`. Throws −1102, −1111, −4001, −4002, −4014. */
export function needTicks(params: Params, name: string, listing: Listing): Ticks {
  const text = params.decimal(name)
  if (text === undefined) throw mandatory(name)
  checkPrecision(text, listing.priceDecimals)
  if (Number(text) === 0) throw new BinanceRefusal(-4001, 'Price less than or equal to zero.')
  if (Number(text) > PRICE_TICKS_MAX * listing.convert.tickSize) {
    throw new BinanceRefusal(-4002, 'Price greater than max price.')
  }
  const count = listing.convert.ticks(text)
  if (Number.isNaN(count)) throw new BinanceRefusal(-4014, 'Price not increased by tick size.')
  return ticks(count)
}

/** Throws −1102, −1111, −4003, −4004, −4005, −4023. */
export function needLots(params: Params, listing: Listing, isMarket: boolean): Lots {
  const text = params.decimal('quantity')
  if (text === undefined) throw mandatory('quantity')
  checkPrecision(text, listing.lotDecimals)
  if (Number(text) === 0) throw new BinanceRefusal(-4003, 'Quantity less than or equal to zero.')
  const { lotsMin, lotsMax, lotsMaxMarket } = listing.instrument
  if (Number(text) > listing.convert.quantity(isMarket ? lotsMaxMarket : lotsMax) * (1 + Number.EPSILON)) {
    throw new BinanceRefusal(-4005, 'Quantity greater than max quantity.')
  }
  const count = listing.convert.lots(text)
  if (Number.isNaN(count)) throw new BinanceRefusal(-4023, 'Qty not increased by step size.')
  if (count < lotsMin) throw new BinanceRefusal(-4004, 'Quantity less than min quantity.')
  return lots(count)
}

/** Time in force with its date. Throws −1102 when `usual` is absent and none was sent, −1115. */
export function lastingOf(
  params: Params,
  usual?: TimeInForce,
): { readonly timeInForce: TimeInForce; readonly goodTillDate?: EpochMs } {
  const value = params.text('timeInForce')?.toUpperCase() ?? usual
  if (value === undefined) throw mandatory('timeInForce')
  if (value === 'GTD') {
    const goodTillDate = params.integer('goodTillDate')
    if (goodTillDate === undefined) throw mandatory('goodTillDate')
    return { timeInForce: value, goodTillDate: epochMs(goodTillDate) }
  }
  if (value !== 'GTC' && value !== 'IOC' && value !== 'FOK' && value !== 'GTX') {
    throw new BinanceRefusal(-1115, 'Invalid timeInForce.')
  }
  return { timeInForce: value }
}

/** Throws −5039. */
export function selfTradeOf(params: Params): { readonly selfTrade?: SelfTradeMode } {
  const value = params.text('selfTradePreventionMode')?.toUpperCase()
  if (value === undefined) return {}
  if (value !== 'NONE' && value !== 'EXPIRE_TAKER' && value !== 'EXPIRE_MAKER' && value !== 'EXPIRE_BOTH') {
    throw new BinanceRefusal(-5039, 'Invalid self trade prevention mode.')
  }
  return { selfTrade: value }
}

/** Throws −4015. */
export function clientIdOf(params: Params, name: string, make: () => string): string {
  const value = params.text(name)
  if (value !== undefined && !CLIENT_ID.test(value)) throw new BinanceRefusal(-4015, 'Client order id is not valid.')
  return value ?? make()
}

/** `BOTH` unless sent. Throws −4060. */
export function positionSideOf(params: Params): PositionSide {
  const value = params.text('positionSide')?.toUpperCase() ?? 'BOTH'
  if (value !== 'BOTH' && value !== 'LONG' && value !== 'SHORT') {
    throw new BinanceRefusal(-4060, 'Invalid position side.')
  }
  return value
}

/** In hedge mode an order's side says whether it opens or closes, and `reduceOnly` may not be sent. Throws −1106. */
export function reduceOnlyOf(params: Params, positionSide: PositionSide): boolean {
  if (positionSide !== 'BOTH' && params.text('reduceOnly') !== undefined) {
    throw new BinanceRefusal(-1106, "Parameter 'reduceonly' sent when not required.")
  }
  return params.flag('reduceOnly')
}
