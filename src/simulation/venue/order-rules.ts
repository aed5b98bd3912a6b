import type { OrderIntent } from '../../core/order.ts'
import type { MarginClaim } from '../account/initial-margin.ts'
import type { RefusalReason } from '../exchange/exchange.ts'
import { isConditional } from '../orders/conditional.ts'
import { nearTicks } from './near-ticks.ts'
import type { VenueDesk } from './venue-desk.ts'
import type { VenueMarket } from './venue-market.ts'
import { conditionOf, isLive, remainingOf } from './venue-order.ts'

export interface Rejection {
  readonly code: RefusalReason | 'rate-limit' | 'closed' | 'bad-trigger' | 'bad-expiry' | 'position-side'
  readonly reason: string
}

/** Open orders of the whole account, and conditional ones among them, as Binance USD-M allows per instrument. */
const OPEN_ORDERS_MAX = 200
const CONDITIONAL_ORDERS_MAX = 100
const CALLBACK_BPS_MAX = 10_000

/** What the venue sees wrong with an order at once. */
export function rejectionOf(order: OrderIntent, desk: VenueDesk): Rejection | undefined {
  const market = desk.markets.get(order.symbol)
  if (!market) return { code: 'unknown-symbol', reason: `${order.symbol} is not traded here` }
  return (
    badShape(order, market) ??
    badTerms(order, desk) ??
    badCount(order, desk) ??
    badValue(order, market, desk) ??
    triggeredAtOnce(order, market) ??
    (isConditional(order) ? undefined : marginRejection(order, desk))
  )
}

const takesAnyPrice = ({ type }: OrderIntent): boolean => type !== 'limit' && !type.endsWith('-limit')

function badShape(order: OrderIntent, { instrument }: VenueMarket): Rejection | undefined {
  const { lotsMin, lotsMax, lotsMaxMarket } = instrument
  const { price, trigger, trailing } = order
  for (const ticks of [price, trigger?.ticks ?? 1, trailing?.activationTicks ?? 1]) {
    if (!(Number.isSafeInteger(ticks) && ticks > 0)) return { code: 'price-not-a-tick', reason: `price ${ticks} ticks` }
  }
  if (!Number.isSafeInteger(order.lots)) return { code: 'size-not-a-lot', reason: `${order.lots} lots` }
  if (!(order.lots >= lotsMin && order.lots > 0)) {
    return { code: 'size-too-small', reason: `${order.lots} lots, at least ${lotsMin}` }
  }
  const most = takesAnyPrice(order) ? Math.min(lotsMax, lotsMaxMarket) : lotsMax
  if (order.lots > most) return { code: 'size-too-large', reason: `${order.lots} lots, at most ${most}` }
  return undefined
}

/** Trigger, expiry and position side must be there where the type or mode needs them. */
function badTerms(order: OrderIntent, desk: VenueDesk): Rejection | undefined {
  const { type, trigger, trailing, timeInForce, expiresAt, positionSide } = order
  if (type === 'trailing-stop') {
    if (!(trailing && trailing.callbackBps > 0 && trailing.callbackBps < CALLBACK_BPS_MAX)) {
      return { code: 'bad-trigger', reason: `callback ${trailing?.callbackBps} bps` }
    }
  } else if (isConditional(order) !== (trigger !== undefined) || trailing) {
    return { code: 'bad-trigger', reason: `${type} with ${trigger ? 'a' : 'no'} trigger` }
  }
  if ((timeInForce === 'GTD') !== (expiresAt !== undefined) || (expiresAt !== undefined && expiresAt <= desk.now)) {
    return { code: 'bad-expiry', reason: `${timeInForce} until ${expiresAt}, now ${desk.now}` }
  }
  if (desk.isHedge !== (positionSide !== undefined)) {
    return {
      code: 'position-side',
      reason: `position side ${positionSide} in ${desk.isHedge ? 'hedge' : 'one-way'} mode`,
    }
  }
  return undefined
}

function badCount(order: OrderIntent, desk: VenueDesk): Rejection | undefined {
  const live = desk.live()
  if (live.length >= OPEN_ORDERS_MAX) {
    return { code: 'too-many-orders', reason: `${OPEN_ORDERS_MAX} open orders already` }
  }
  if (!isConditional(order) || live.filter((other) => conditionOf(other)).length < CONDITIONAL_ORDERS_MAX)
    return undefined
  return { code: 'too-many-algo-orders', reason: `${CONDITIONAL_ORDERS_MAX} conditional orders already` }
}

function badValue(order: OrderIntent, { converter, instrument }: VenueMarket, desk: VenueDesk): Rejection | undefined {
  const allowance = desk.allowance({ request: order, lots: order.lots })
  if (allowance === 0) return { code: 'reduce-only-rejected', reason: `nothing to reduce with a ${order.side}` }
  if (order.reduceOnly) return undefined
  const value = converter.notional(order.price, order.lots)
  if (value >= instrument.notionalMin) return undefined
  return { code: 'min-notional', reason: `worth ${value}, at least ${instrument.notionalMin}` }
}

/** Binance -2021, `ORDER_WOULD_IMMEDIATELY_TRIGGER`. */
function triggeredAtOnce(order: OrderIntent, market: VenueMarket): Rejection | undefined {
  if (!isConditional(order) || !market.isReached(order, undefined)) return undefined
  return { code: 'would-trigger-immediately', reason: `trigger ${order.trigger?.ticks} ticks is already reached` }
}

/** Initial margin of every position and order with the same collateral against the margin balance. An order that only shrinks needs none. */
export function marginRejection(order: OrderIntent, desk: VenueDesk): Rejection | undefined {
  const market = desk.market(order.symbol)
  const { settle } = market.instrument
  const wanted = claimOf(order, order.lots, desk)
  if (!wanted) return undefined
  const open = openClaims(settle, desk)
  const claims = [...open, wanted]
  if (desk.account.isClearlyCovered(settle, claims)) return undefined
  const before = desk.account.initialMargin(settle, open)
  const after = desk.account.initialMargin(settle, claims)
  if (after.lte(before)) return undefined
  const free = desk.account.freeMargin(settle, claims)
  if (free.gte(0)) return undefined
  return {
    code: 'insufficient-margin',
    reason: `needs ${after.toFixed()} ${settle} of margin, ${free.abs().toFixed()} too much`,
  }
}

/** Of orders that could trade now: a conditional one claims its margin when it is triggered, as on Binance. */
function openClaims(settle: string, desk: VenueDesk): readonly MarginClaim[] {
  return desk.live().flatMap((order) => {
    const waits = conditionOf(order) !== undefined && !order.rests
    const elsewhere = desk.markets.get(order.request.symbol)?.instrument.settle !== settle
    const claim = waits || elsewhere || !isLive(order) ? undefined : claimOf(order.request, remainingOf(order), desk)
    return claim ? [claim] : []
  })
}

function claimOf(order: OrderIntent, lots: number, desk: VenueDesk): MarginClaim | undefined {
  if (order.reduceOnly) return undefined
  const { symbol, side } = order
  const { converter, instrument, markPrice = 0 } = desk.market(symbol)
  const leg = desk.legOf(order)
  const ticks = instrument.inverse
    ? order.price
    : Math.max(order.price, Math.ceil(nearTicks(markPrice, converter.tickSize)))
  return { symbol, ...(leg && { positionSide: leg }), side, value: desk.account.worth(symbol, ticks, lots) }
}
