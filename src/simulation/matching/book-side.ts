import type { Side } from '../../core/units.ts'

/**
 * Who goes when an order meets a resting one of its own account; that of the taker rules. `NONE`: they trade. Binance USD-M,
 * `selfTradePreventionMode` of "New Order".
 */
export type SelfTradeMode = 'NONE' | 'EXPIRE_TAKER' | 'EXPIRE_MAKER' | 'EXPIRE_BOTH'

/** One order in the book. `owner` is an account, or `CROWD`. */
export interface BookOrder {
  readonly id: number
  readonly owner: string
  readonly side: Side
  /** Limit in ticks. */
  readonly price: number
  /** Lots still to fill. */
  remaining: number
  /** May trade no more than `MatchEvents.capacity` says (reduce-only). */
  readonly capped: boolean
  readonly selfTrade: SelfTradeMode
  /** Where the order rests; undefined while it does not. */
  level: Level | undefined
  previous: BookOrder | undefined
  next: BookOrder | undefined
  /** Free for the owner's bookkeeping. */
  slot: number
}

/** Owner of orders without an account: they trade with each other and are never told. */
export const CROWD = ''

/** Orders at one price, oldest first (linked through `next`), and their total in lots. */
export interface Level {
  readonly price: number
  total: number
  head: BookOrder | undefined
  tail: BookOrder | undefined
}

/** Price levels of one side, best last, so that the busy end is the cheap end. Bounded by the orders that rest. */
export interface BookSide {
  readonly levels: readonly Level[]
  best(): Level | undefined
  find(price: number): Level | undefined
  /** Appends to the queue at the order's price. */
  add(order: BookOrder): Level
  /** Takes the order out; its level goes when it was the last. Returns the level. */
  remove(order: BookOrder): Level
}

export function bookSide(side: Side): BookSide {
  const sign = side === 'buy' ? 1 : -1
  const levels: Level[] = []

  /** Index of the first level that is not worse than `price`. */
  function position(price: number): number {
    const rank = price * sign
    let low = 0
    let high = levels.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (levels[middle]!.price * sign < rank) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    levels,
    best: () => levels[levels.length - 1],
    find(price) {
      const level = levels[position(price)]
      return level?.price === price ? level : undefined
    },
    add(order) {
      const index = position(order.price)
      let level = levels[index]
      if (level?.price !== order.price) {
        level = { price: order.price, total: 0, head: undefined, tail: undefined }
        levels.splice(index, 0, level)
      }
      order.level = level
      order.previous = level.tail
      order.next = undefined
      if (level.tail) level.tail.next = order
      else level.head = order
      level.tail = order
      level.total += order.remaining
      return level
    },
    remove(order) {
      const level = order.level!
      if (order.previous) order.previous.next = order.next
      else level.head = order.next
      if (order.next) order.next.previous = order.previous
      else level.tail = order.previous
      level.total -= order.remaining
      order.level = order.previous = order.next = undefined
      if (!level.head) levels.splice(position(level.price), 1)
      return level
    },
  }
}
