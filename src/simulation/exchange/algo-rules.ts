import { badGoodTillDate, badPositionSide, refused } from './admission.ts'
import type { AlgoRequest, AlgoType } from './exchange.ts'
import type { Market } from './market.ts'
import { closable, type Venue } from './venue.ts'
import { isReachedAtOnce } from './waiting-algo.ts'

/** Algo orders that one account may have waiting on one instrument. */
export const ALGO_ORDERS_MAX = 100
/** `callbackRate` is 0.1 to 10 percent, in steps of a tenth ("New Algo Order" of Binance USD-M), in basis points. */
const CALLBACK_BPS = { min: 10, max: 1_000, step: 10 } as const

type Refusal = ReturnType<typeof refused> | undefined

export const isLimited = (type: AlgoType): boolean => type === 'STOP' || type === 'TAKE_PROFIT'

function badPrices({ instrument }: Market, request: AlgoRequest): Refusal {
  const { type, triggerPrice, activationPrice, price, callbackBps } = request
  const isTrailing = type === 'TRAILING_STOP_MARKET'
  const prices = [
    ...(isTrailing ? [] : [triggerPrice]),
    ...(isLimited(type) ? [price] : []),
    ...(activationPrice === undefined ? [] : [activationPrice]),
  ]
  for (const each of prices) {
    if (each === undefined || !Number.isSafeInteger(each) || each <= 0) {
      return refused('price-not-a-tick', `price ${each} is no positive multiple of ${instrument.tickSize}`)
    }
  }
  const { min, max, step } = CALLBACK_BPS
  const isCallback = callbackBps !== undefined && callbackBps >= min && callbackBps <= max && callbackBps % step === 0
  return isTrailing && !isCallback
    ? refused('bad-callback-rate', `${callbackBps} basis points; from ${min} to ${max} in steps of ${step}`)
    : undefined
}

function badSize({ instrument }: Market, { type, size, closePosition }: AlgoRequest): Refusal {
  if (!Number.isSafeInteger(size)) return refused('size-not-a-lot', `size is no multiple of ${instrument.lotSize}`)
  if (!closePosition && size < Math.max(1, instrument.lotsMin)) {
    return refused('size-too-small', `${size} lots; at least ${instrument.lotsMin}`)
  }
  const most = isLimited(type) ? instrument.lotsMax : instrument.lotsMaxMarket
  return size > most ? refused('size-too-large', `${size} lots; at most ${most}`) : undefined
}

function badCount(venue: Venue, market: Market, { account, clientAlgoId }: AlgoRequest): Refusal {
  for (const { waiting } of venue.markets.values()) {
    for (const { state } of waiting) {
      if (state.account === account && state.clientAlgoId === clientAlgoId) {
        return refused('duplicate-client-id', clientAlgoId)
      }
    }
  }
  let count = 0
  for (const { state } of market.waiting) if (state.account === account) count += 1
  return count >= ALGO_ORDERS_MAX
    ? refused('too-many-algo-orders', `${count} algo orders wait; at most ${ALGO_ORDERS_MAX}`)
    : undefined
}

/** What a conditional order must pass to wait. Margin is asked for only when it triggers, as by Binance's algo service. */
export function badAlgo(venue: Venue, market: Market, request: AlgoRequest): Refusal {
  const ledger = venue.ledgerOf(request.account)
  const bad =
    badPositionSide(ledger, request.positionSide) ??
    badPrices(market, request) ??
    badSize(market, request) ??
    badGoodTillDate(request, venue.now) ??
    badCount(venue, market, request)
  if (bad) return bad
  const closes = request.reduceOnly || request.closePosition
  if (request.closePosition && ledger.hedged && !request.reduceOnly) {
    return refused('reduce-only-rejected', `a ${request.side} does not close a ${request.positionSide}`)
  }
  if (closes && closable(venue, request.account, request.symbol, request.side) === 0) {
    return refused('reduce-only-rejected', 'no position on the other side')
  }
  return isReachedAtOnce(market, request)
    ? refused(
        'would-trigger-immediately',
        `the market is past ${request.triggerPrice ?? request.activationPrice} ticks`,
      )
    : undefined
}
