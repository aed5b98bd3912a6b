import type { OrderType, Trailing, Trigger, TriggerBy } from '../../core/order.ts'
import type { Side } from '../../core/units.ts'
import { signOf } from '../../core/units.ts'

const BPS = 10_000

/** What waits outside the book for a price. Prices in ticks; mark prices may have a fraction of one. */
export interface Conditional {
  readonly side: Side
  readonly type: Exclude<OrderType, 'limit' | 'market'>
  readonly trigger?: Trigger
  readonly trailing?: Trailing
}

/** Whether an order waits outside the book until its trigger is reached. */
export const isConditional = <T extends { readonly type: OrderType }>(
  order: T,
): order is T & { readonly type: Conditional['type'] } => order.type !== 'limit' && order.type !== 'market'

/** Which price it watches. */
export const watchedPrice = ({ trigger, trailing }: Conditional): TriggerBy => trailing?.by ?? trigger?.by ?? 'last'

/** Of a trailing stop: the best price since it began to trail; undefined before its activation. */
export type BestTicks = number | undefined

/**
 * Binance USD-M, "New Algo Order": a stop buys when the price has risen to its trigger and sells when it has fallen to it, a
 * take-profit the reverse. A trailing stop to sell triggers when the highest price since its activation ≥ activation price and the
 * price ≤ highest × (1 − callback); to buy, mirrored.
 */
export function isReached(order: Conditional, ticks: number, best: BestTicks): boolean {
  const up = signOf(order.side)
  if (order.trailing) {
    if (best === undefined) return false
    return up * ticks >= up * best * (1 + (up * order.trailing.callbackBps) / BPS)
  }
  if (!order.trigger) return false
  const direction = order.type === 'stop-market' || order.type === 'stop-limit' ? up : -up
  return direction * ticks >= direction * order.trigger.ticks
}

/** Hand in every price the order watches, before `isReached`. A stop to sell remembers the highest, one to buy the lowest. */
export function bestAfter({ side, trailing }: Conditional, ticks: number, best: BestTicks): BestTicks {
  if (!trailing) return undefined
  const down = -signOf(side)
  const { activationTicks } = trailing
  if (best === undefined) {
    const active = activationTicks === undefined || down * ticks >= down * activationTicks
    return active ? ticks : undefined
  }
  return down * ticks > down * best ? ticks : best
}
