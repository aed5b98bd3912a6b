import type { OrderIntent, OrderType } from '../core/order.ts'
import { signOf, type Ticks } from '../core/units.ts'

const BPS = 10_000

const isStop = (type: OrderType): boolean => type === 'stop-market' || type === 'stop-limit'

/**
 * The price, in ticks with fraction, that the order's own price is measured against: where the market will stand when the order goes
 * into the book. That is the reference itself, or the trigger of an order that waits, unless it is reached already. A trailing stop
 * triggers no worse than its callback from the reference or from its activation price.
 */
export function collarBase({ side, type, trigger, trailing }: OrderIntent, referenceTicks: number): number {
  const up = signOf(side)
  const higher = (a: number, b: number, towards: number): number => (towards > 0 ? Math.max(a, b) : Math.min(a, b))
  if (trailing) {
    const best = higher(trailing.activationTicks ?? referenceTicks, referenceTicks, -up)
    return best * (1 + (up * trailing.callbackBps) / BPS)
  }
  // A stop waits on the worse side of the market, a take-profit on the better one.
  return trigger ? higher(trigger.ticks, referenceTicks, isStop(type) ? up : -up) : referenceTicks
}

/** The dearest price that the order names: what its exposure is reckoned at. */
export const dearestTicks = ({ price, trigger, trailing }: OrderIntent): Ticks =>
  Math.max(price, trigger?.ticks ?? 0, trailing?.activationTicks ?? 0) as Ticks
