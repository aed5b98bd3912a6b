import Big from 'big.js'
import type { Side } from '../../core/units.ts'
import type { Amendment, Outcome, PlaceRequest, PositionSide, RefusalReason, VenueOrder } from './exchange.ts'
import { isOpen, type Ledger, sidesOf } from './ledger.ts'
import { freeMargin, initialMargin, legOf } from './margin.ts'
import type { Market } from './market.ts'
import { closable, type Venue } from './venue.ts'

/** A buy limit may stand this fraction above the mark, a sell limit below: Binance's PERCENT_PRICE filter. */
export const PRICE_BAND = 0.05
/** Orders that one account may have at rest on one instrument. */
export const ORDERS_MAX = 200
/** A good-till date is at least so far ahead, and before the end of the year 9999: Binance's error -5040. */
const GOOD_TILL_MS_MIN = 600_000
const GOOD_TILL_DATE_MAX = 253_402_300_799_000

export const refused = (
  reason: RefusalReason,
  detail: string,
): { ok: false; reason: RefusalReason; detail: string } => ({
  ok: false,
  reason,
  detail,
})

type Refusal = ReturnType<typeof refused> | undefined
type Terms = Pick<PlaceRequest, 'type' | 'side' | 'positionSide' | 'price' | 'size' | 'reduceOnly'>

export const badPositionSide = (ledger: Ledger, positionSide: PositionSide = 'BOTH'): Refusal =>
  sidesOf(ledger).includes(positionSide)
    ? undefined
    : refused('position-side-mismatch', `${positionSide} in ${ledger.hedged ? 'hedge' : 'one-way'} mode`)

export function badGoodTillDate(
  { timeInForce, goodTillDate }: Pick<PlaceRequest, 'timeInForce' | 'goodTillDate'>,
  now: number,
): Refusal {
  if (timeInForce !== 'GTD') return undefined
  const isGood =
    goodTillDate !== undefined && goodTillDate > now + GOOD_TILL_MS_MIN && goodTillDate < GOOD_TILL_DATE_MAX
  return isGood
    ? undefined
    : refused('bad-good-till-date', `${goodTillDate}; over ${GOOD_TILL_MS_MIN} ms ahead, below ${GOOD_TILL_DATE_MAX}`)
}

function badShape({ instrument }: Market, { type, price, size }: Terms): Refusal {
  if (type === 'LIMIT' && !(price !== undefined && Number.isSafeInteger(price) && price > 0)) {
    return refused('price-not-a-tick', `price ${price} is no positive multiple of ${instrument.tickSize}`)
  }
  if (!Number.isSafeInteger(size)) return refused('size-not-a-lot', `size is no multiple of ${instrument.lotSize}`)
  if (size < Math.max(1, instrument.lotsMin)) {
    return refused('size-too-small', `${size} lots; at least ${instrument.lotsMin}`)
  }
  const most = type === 'MARKET' ? instrument.lotsMaxMarket : instrument.lotsMax
  return size > most ? refused('size-too-large', `${size} lots; at most ${most}`) : undefined
}

function badValue(market: Market, { type, side, price, size, reduceOnly }: Terms): Refusal {
  const { tickSize, notionalMin } = market.instrument
  const { markPrice } = market.mark.state
  const limit = type === 'LIMIT' ? price! * Number(tickSize) : markPrice
  const outside = side === 'buy' ? limit > markPrice * (1 + PRICE_BAND) : limit < markPrice * (1 - PRICE_BAND)
  if (type === 'LIMIT' && outside) {
    return refused('price-out-of-band', `${limit} is over ${PRICE_BAND} beyond the mark ${markPrice}`)
  }
  const value = market.lotValue.times(size).times(type === 'LIMIT' ? new Big(tickSize).times(price!) : markPrice)
  return !reduceOnly && value.lt(notionalMin)
    ? refused('min-notional', `value ${value.toFixed()}; at least ${notionalMin}`)
    : undefined
}

/** Value and lots that `size` would trade for at once, walking the book up to `limit`; exact. */
function marketableValue(market: Market, side: Side, size: number, limit: number): { value: Big; lots: number } {
  const { levels } = side === 'buy' ? market.book.asks : market.book.bids
  let lots = 0
  let tickLots = new Big(0)
  for (let at = levels.length - 1; at >= 0 && lots < size; at -= 1) {
    const { price, total } = levels[at]!
    if (side === 'buy' ? price > limit : price < limit) break
    const taken = Math.min(total, size - lots)
    lots += taken
    tickLots = tickLots.plus(new Big(price).times(taken))
  }
  return { value: market.tickLot.times(tickLots), lots }
}

/** Margin for what would trade now at the book's prices, for the rest at the limit, and the taker fee. `reserved`: its value so far. */
function badMargin(venue: Venue, market: Market, ledger: Ledger, request: Terms, reserved = new Big(0)): Refusal {
  if (request.reduceOnly) return undefined
  const { side, size } = request
  const { symbol } = market.instrument
  const limit = request.price ?? (side === 'buy' ? Number.MAX_SAFE_INTEGER : 0)
  const now = marketableValue(market, side, size, limit)
  const rest = request.type === 'LIMIT' ? market.tickLot.times(request.price!).times(size - now.lots) : new Big(0)
  const value = now.value.plus(rest).minus(reserved)
  if (value.lte(0)) return undefined
  const before = initialMargin(ledger, venue.markets)
  const after = initialMargin(ledger, venue.markets, {
    ...{ symbol, side, value },
    ...legOf(request.positionSide),
  })
  if (after.lte(before)) return undefined
  const fee = now.value.times(Math.max(0, market.instrument.takerFeeRate))
  const free = freeMargin(ledger, venue.markets)
  const missing = after.minus(before).plus(fee)
  return missing.gt(free)
    ? refused('insufficient-margin', `needs ${missing.toFixed(8)}, free are ${free.toFixed(8)}`)
    : undefined
}

/** An order that cannot rest needs no place; `GTX` and `GTC` may. */
function badCount(ledger: Ledger, { symbol, type, timeInForce }: PlaceRequest): Refusal {
  if (type === 'MARKET' || timeInForce === 'IOC' || timeInForce === 'FOK' || ledger.open.size < ORDERS_MAX)
    return undefined
  let open = 0
  for (const { state } of ledger.open.values()) if (state.symbol === symbol) open += 1
  return open < ORDERS_MAX ? undefined : refused('too-many-orders', `${open} orders are open; at most ${ORDERS_MAX}`)
}

/** Every rule that an order must pass before it reaches the book, in the order in which Binance names the breach. */
export function admit(venue: Venue, request: PlaceRequest): Outcome<Market> {
  const market = venue.markets.get(request.symbol)
  if (!market) return refused('unknown-symbol', request.symbol)
  const ledger = venue.ledgerOf(request.account)
  const bad = badPositionSide(ledger, request.positionSide) ?? badShape(market, request) ?? badValue(market, request)
  if (bad) return bad
  const twin = ledger.byClientId(request.symbol, request.clientId)
  if (twin && isOpen(twin)) return refused('duplicate-client-id', request.clientId)
  const excess = badCount(ledger, request)
  if (excess) return excess
  if (request.reduceOnly && closable(venue, request.account, request.symbol, request.side) === 0) {
    return refused('reduce-only-rejected', 'no position on the other side')
  }
  if (request.timeInForce === 'GTX' && request.type === 'LIMIT' && market.book.crosses(request.side, request.price!)) {
    return refused('post-only-would-cross', `${request.side} at ${request.price} ticks would trade at once`)
  }
  const { bids, asks } = market.book
  if (request.type === 'MARKET' && !(request.side === 'buy' ? asks : bids).best()) {
    return refused('no-liquidity', `nothing to ${request.side}`)
  }
  return badMargin(venue, market, ledger, request) ?? { ok: true, value: market }
}

/** What an amendment must pass; refused, the order stays as it is ("Modify Order" of Binance USD-M). */
export function admitAmendment(venue: Venue, order: VenueOrder, change: Amendment): Outcome<Market> {
  const market = venue.markets.get(order.symbol)!
  if (change.side !== order.side) return refused('wrong-side', `the order is a ${order.side}`)
  if (change.price === order.price && change.size === order.size) return refused('same-order', 'nothing changes')
  const bad = badShape(market, { ...order, ...change }) ?? badValue(market, { ...order, ...change })
  if (bad) return bad
  const size = (change.size - order.filled) as VenueOrder['size']
  if (size <= 0) return { ok: true, value: market }
  const reserved = market.tickLot.times(order.price!).times(order.size - order.filled)
  const ledger = venue.ledgerOf(order.account)
  return badMargin(venue, market, ledger, { ...order, ...change, size }, reserved) ?? { ok: true, value: market }
}
