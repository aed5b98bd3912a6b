import { type Side, signOf } from '../../core/units.ts'
import { type BestTicks, bestAfter, type Conditional, isReached } from '../orders/conditional.ts'

const BPS = 10_000

/** Where the price goes inside a candle after its open. */
export type Waypoint = 'low' | 'high' | 'close'

/** A long is hurt by the low, a short by the high: that comes first. Flat: the far side from the entry's point of view comes first. */
export function pathOf(lots: number, entry: Side | undefined): readonly Waypoint[] {
  if (lots > 0) return ['low', 'high', 'close']
  if (lots < 0) return ['high', 'low', 'close']
  return entry === 'buy' ? ['high', 'low', 'close'] : ['low', 'high', 'close']
}

/**
 * The rest of the path once a fill has opened or grown a position: the extreme that hurts may still come; the one that helps counts
 * only where the price was on its way there, for otherwise it may have come before.
 */
export function pathAfter(lots: number, heading: Waypoint): readonly Waypoint[] {
  const [hurts, helps] = lots > 0 ? (['low', 'high'] as const) : (['high', 'low'] as const)
  return heading === helps ? [hurts, helps, 'close'] : [hurts, 'close']
}

/** Where between `from` and `to` (ticks) a waiting order's trigger is met first; undefined: not on this way. */
export function triggerOnWay(order: Conditional, best: BestTicks, from: number, to: number): number | undefined {
  const known = bestAfter(order, from, best)
  if (isReached(order, from, known)) return from
  const level = levelOf(order, known)
  if (level === undefined || !isReached(order, to, known)) return undefined
  return from < to ? Math.min(level, to) : Math.max(level, to)
}

/** Trigger in whole ticks; a trailing one stands at its distance from the best price so far. */
function levelOf({ side, trigger, trailing }: Conditional, best: BestTicks): number | undefined {
  if (!trailing) return trigger?.ticks
  if (best === undefined) return undefined
  const up = signOf(side)
  const level = best * (1 + (up * trailing.callbackBps) / BPS)
  return side === 'buy' ? Math.ceil(level) : Math.floor(level)
}

/** Where between `from` and `to` a resting limit is traded through by one tick; undefined: not on this way. */
export function throughOnWay(side: Side, limit: number, from: number, to: number): number | undefined {
  const sign = signOf(side)
  const through = limit - sign
  if (sign * from <= sign * through) return from
  return sign * to <= sign * through ? through : undefined
}
