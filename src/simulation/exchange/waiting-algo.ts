import type { Instrument } from '../../core/instrument.ts'
import type { TriggerBy } from '../../core/order.ts'
import { signOf } from '../../core/units.ts'
import { type BestTicks, bestAfter, type Conditional, isReached } from '../orders/conditional.ts'
import type { AlgoOrder, AlgoRequest, AlgoType } from './exchange.ts'
import type { Mutable } from './ledger.ts'
import type { MarkPrice } from './mark-price.ts'

/** Fraction of the mark by which the last price may be off when a protected order triggers: Binance's `triggerProtect`. */
export const TRIGGER_PROTECT = 0.05

/** A conditional order before its trigger. */
export interface WaitingAlgo {
  readonly state: Mutable<AlgoOrder>
  readonly conditional: Conditional
  best: BestTicks
}

const TYPES = {
  STOP_MARKET: 'stop-market',
  STOP: 'stop-limit',
  TAKE_PROFIT_MARKET: 'take-profit-market',
  TAKE_PROFIT: 'take-profit-limit',
  TRAILING_STOP_MARKET: 'trailing-stop',
} as const satisfies Record<AlgoType, Conditional['type']>

function conditionalOf({
  side,
  type,
  triggerPrice,
  callbackBps,
  activationPrice,
  workingType,
}: AlgoRequest): Conditional {
  const by: TriggerBy = workingType === 'MARK_PRICE' ? 'mark' : 'last'
  if (callbackBps === undefined) {
    return { side, type: TYPES[type], ...(triggerPrice === undefined ? {} : { trigger: { ticks: triggerPrice, by } }) }
  }
  const activation = activationPrice === undefined ? {} : { activationTicks: activationPrice }
  return { side, type: TYPES[type], trailing: { callbackBps, by, ...activation } }
}

/** The prices of a market that triggers watch. */
interface WatchedMarket {
  readonly instrument: Instrument
  readonly mark: MarkPrice
  /** Price of the last trade, ticks. */
  readonly lastTicks: number
}

const markTicks = ({ mark, instrument }: WatchedMarket): number => mark.state.markPrice / Number(instrument.tickSize)

const watchedTicks = (market: WatchedMarket, { workingType }: AlgoRequest): number =>
  workingType === 'CONTRACT_PRICE' ? market.lastTicks : markTicks(market)

/** A trailing stop without an activation price begins with the price of now. */
export function waitingAlgo(market: WatchedMarket, state: Mutable<AlgoOrder>): WaitingAlgo {
  const conditional = conditionalOf(state)
  return { state, conditional, best: bestAfter(conditional, watchedTicks(market, state), undefined) }
}

/**
 * A buy stop must be above the market, a sell stop below, take-profits the reverse; a trailing stop's activation price lies where the
 * take-profit would: "Order would immediately trigger", -2021.
 */
export function isReachedAtOnce(market: WatchedMarket, request: AlgoRequest): boolean {
  const ticks = watchedTicks(market, request)
  const { side, activationPrice } = request
  if (activationPrice !== undefined) return signOf(side) * (ticks - activationPrice) <= 0
  return isReached(conditionalOf(request), ticks, undefined)
}

function isProtected(market: WatchedMarket): boolean {
  const mark = markTicks(market)
  return Math.abs(market.lastTicks - mark) > TRIGGER_PROTECT * mark
}

/** Shows the price to the order; true when it triggers. */
export function observe(market: WatchedMarket, waiting: WaitingAlgo): boolean {
  const ticks = watchedTicks(market, waiting.state)
  waiting.best = bestAfter(waiting.conditional, ticks, waiting.best)
  if (!isReached(waiting.conditional, ticks, waiting.best)) return false
  return !(waiting.state.priceProtect && isProtected(market))
}
