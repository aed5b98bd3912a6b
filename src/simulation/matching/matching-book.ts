import { check } from '../../core/check.ts'
import type { Side } from '../../core/units.ts'
import { type BookOrder, type BookSide, bookSide, CROWD } from './book-side.ts'

/** What the owner of the book is told, in the order in which it happens. The callbacks must not change the book. */
export interface MatchEvents {
  /** Both orders' `remaining` is already reduced; the trade is at the maker's price. */
  fill(maker: BookOrder, taker: BookOrder, size: number): void
  /** The total of one level is now `total` lots; 0 when it is gone. */
  level(side: Side, price: number, total: number): void
  /** A capped maker had no capacity left when its turn came: it is out of the book. */
  expired(maker: BookOrder): void
  /** Lots that a capped order may still trade at this moment. */
  capacity(order: BookOrder): number
  /** A crowd order left the book, filled or cancelled. */
  left(order: BookOrder): void
}

/**
 * How a submission ended: `resting` in the book, `filled`, or `expired` with a rest that neither traded nor rests (IOC, FOK,
 * market without liquidity, own order in the way, no capacity).
 */
type MatchResult = 'resting' | 'filled' | 'expired'

/** Price-time priority in integer ticks and lots. Trades happen at the resting order's price. */
export interface MatchingBook {
  readonly bids: BookSide
  readonly asks: BookSide
  /** `GTC` rests what is left; `IOC` drops it; `FOK` trades all or nothing. Market orders are IOC with `MARKET_PRICE`. */
  submit(order: BookOrder, timeInForce: 'GTC' | 'IOC' | 'FOK'): MatchResult
  /** The order must rest. */
  cancel(order: BookOrder): void
  crosses(side: Side, price: number): boolean
}

/** The limit of a market order: any price will do. */
export const MARKET_PRICE: Readonly<Record<Side, number>> = { buy: Number.MAX_SAFE_INTEGER, sell: 0 }

export const bookOrder = (
  id: number,
  owner: string,
  side: Side,
  price: number,
  size: number,
  capped = false,
): BookOrder => ({
  id,
  owner,
  side,
  price,
  remaining: size,
  capped,
  level: undefined,
  previous: undefined,
  next: undefined,
  slot: -1,
})

export function matchingBook(events: MatchEvents): MatchingBook {
  const bids = bookSide('buy')
  const asks = bookSide('sell')
  const sideOf = (side: Side): BookSide => (side === 'buy' ? bids : asks)
  const against = (side: Side): BookSide => (side === 'buy' ? asks : bids)
  const reaches = (side: Side, limit: number, price: number): boolean =>
    side === 'buy' ? price <= limit : price >= limit

  /** Would all of `taker` trade now? Its own resting orders stop it (expire-taker), capped makers count as far as they go. */
  function fillsWhole(taker: BookOrder): boolean {
    let missing = taker.capped ? Math.min(taker.remaining, events.capacity(taker)) : taker.remaining
    if (missing < taker.remaining) return false
    const { levels } = against(taker.side)
    for (let at = levels.length - 1; at >= 0 && missing > 0; at -= 1) {
      const level = levels[at]!
      if (!reaches(taker.side, taker.price, level.price)) return false
      for (let maker = level.head; maker && missing > 0; maker = maker.next) {
        if (maker.owner === taker.owner && maker.owner !== CROWD) return false
        missing -= maker.capped ? Math.min(maker.remaining, events.capacity(maker)) : maker.remaining
      }
    }
    return missing <= 0
  }

  function removeMaker(side: BookSide, maker: BookOrder): void {
    const level = side.remove(maker)
    if (maker.owner === CROWD) events.left(maker)
    else if (maker.remaining > 0) {
      events.expired(maker)
      events.level(maker.side, level.price, level.total)
    }
  }

  /** Trades the taker against the oldest order of the best level. False when it can go no further. */
  function matchOne(taker: BookOrder): boolean {
    const side = against(taker.side)
    const level = side.best()
    const maker = level?.head
    if (!level || !maker || !reaches(taker.side, taker.price, level.price)) return false
    if (maker.owner === taker.owner && maker.owner !== CROWD) return false
    const cap = taker.capped ? events.capacity(taker) : taker.remaining
    if (cap <= 0) return false
    const makerCap = maker.capped ? events.capacity(maker) : maker.remaining
    if (makerCap <= 0) {
      removeMaker(side, maker)
      return true
    }
    const size = Math.min(taker.remaining, cap, maker.remaining, makerCap)
    taker.remaining -= size
    maker.remaining -= size
    level.total -= size
    if (maker.remaining === 0) removeMaker(side, maker)
    events.fill(maker, taker, size)
    events.level(maker.side, level.price, level.total)
    return true
  }

  return {
    bids,
    asks,
    submit(order, timeInForce) {
      check(Number.isSafeInteger(order.remaining) && order.remaining > 0, 'size in lots', order.remaining)
      if (timeInForce === 'FOK' && !fillsWhole(order)) return 'expired'
      while (order.remaining > 0 && matchOne(order));
      if (order.remaining === 0) return 'filled'
      const best = against(order.side).best()
      const blocked = best !== undefined && reaches(order.side, order.price, best.price)
      if (timeInForce !== 'GTC' || blocked) return 'expired'
      const level = sideOf(order.side).add(order)
      events.level(order.side, level.price, level.total)
      return 'resting'
    },
    cancel(order) {
      check(order.level !== undefined, 'an order that rests', order.id)
      const level = sideOf(order.side).remove(order)
      if (order.owner === CROWD) events.left(order)
      events.level(order.side, level.price, level.total)
    },
    crosses(side, price) {
      const best = against(side).best()
      return best !== undefined && reaches(side, price, best.price)
    },
  }
}
