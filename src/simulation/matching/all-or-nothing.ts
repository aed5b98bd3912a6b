import type { Side } from '../../core/units.ts'
import { type BookOrder, CROWD, type Level } from './book-side.ts'

export const reaches = (side: Side, limit: number, price: number): boolean =>
  side === 'buy' ? price <= limit : price >= limit

/** Self-trade prevention applies between the two. */
export const isOwn = (taker: BookOrder, maker: BookOrder): boolean =>
  taker.selfTrade !== 'NONE' && maker.owner === taker.owner && maker.owner !== CROWD

type Capacity = (order: BookOrder) => number

/** At least `missing` lots, or all that `level` has for `taker`; undefined: an order of its own stops it. `used`: capacity by owner. */
function obtainable(
  taker: BookOrder,
  level: Level,
  missing: number,
  used: Map<string, number>,
  capacity: Capacity,
): number | undefined {
  let lots = 0
  for (let maker = level.head; maker && lots < missing; maker = maker.next) {
    if (isOwn(taker, maker)) {
      if (taker.selfTrade === 'EXPIRE_MAKER') continue
      return undefined
    }
    if (!maker.capped) {
      lots += maker.remaining
      continue
    }
    const before = used.get(maker.owner) ?? 0
    const size = Math.max(0, Math.min(maker.remaining, capacity(maker) - before))
    used.set(maker.owner, before + size)
    lots += size
  }
  return lots
}

/** Would all of `taker` trade now? `levels`: of the other side, best last. */
export function fillsWhole(taker: BookOrder, levels: readonly Level[], capacity: Capacity): boolean {
  if (taker.capped && capacity(taker) < taker.remaining) return false
  let missing = taker.remaining
  const used = new Map<string, number>()
  for (let at = levels.length - 1; at >= 0 && missing > 0; at -= 1) {
    const level = levels[at]!
    if (!reaches(taker.side, taker.price, level.price)) return false
    const lots = obtainable(taker, level, missing, used, capacity)
    if (lots === undefined) return false
    missing -= lots
  }
  return missing <= 0
}
