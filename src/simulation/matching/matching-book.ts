import { check } from '../../core/check.ts'
import type { Side } from '../../core/units.ts'
import { fillsWhole, isOwn, reaches } from './all-or-nothing.ts'
import { type BookOrder, type BookSide, bookSide, CROWD, type Level, type SelfTradeMode } from './book-side.ts'

/** What the owner of the book is told, in the order in which it happens. The callbacks must not change the book. */
export interface MatchEvents {
  /** Both orders' `remaining` is already reduced; the trade is at the maker's price. */
  fill(maker: BookOrder, taker: BookOrder, size: number): void
  /** The total of one level is now `total` lots; 0 when it is gone. */
  level(side: Side, price: number, total: number): void
  /** A maker left the book unfilled: capped without capacity when its turn came, or met by a taker of its own account. */
  expired(maker: BookOrder, cause: 'no-capacity' | 'self-trade'): void
  /** Lots that a capped order may still trade at this moment; shared by all capped orders of its owner on its side. */
  capacity(order: BookOrder): number
  /** A crowd order left the book, filled or cancelled. */
  left(order: BookOrder): void
}

/**
 * How a submission ended: `resting` in the book, `filled`, `expired` with a rest that neither traded nor rests (IOC, FOK, market
 * without liquidity, no capacity), or `prevented`: an order of its own account was in the way.
 */
type MatchResult = 'resting' | 'filled' | 'expired' | 'prevented'

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
  { capped = false, selfTrade = 'EXPIRE_MAKER' }: { capped?: boolean; selfTrade?: SelfTradeMode } = {},
): BookOrder => ({
  id,
  owner,
  side,
  price,
  remaining: size,
  capped,
  selfTrade,
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
  function expire(side: BookSide, maker: BookOrder, cause: 'no-capacity' | 'self-trade'): void {
    const level = side.remove(maker)
    events.expired(maker, cause)
    events.level(maker.side, level.price, level.total)
  }

  /** Trades the taker against the oldest order of the best level. Anything but `on`: it can go no further. */
  function matchOne(taker: BookOrder): 'on' | 'stopped' | 'prevented' {
    const side = against(taker.side)
    const level = side.best()
    const maker = level?.head
    if (!level || !maker || !reaches(taker.side, taker.price, level.price)) return 'stopped'
    if (isOwn(taker, maker)) {
      if (taker.selfTrade !== 'EXPIRE_TAKER') expire(side, maker, 'self-trade')
      return taker.selfTrade === 'EXPIRE_MAKER' ? 'on' : 'prevented'
    }
    const cap = taker.capped ? events.capacity(taker) : taker.remaining
    if (cap <= 0) return 'stopped'
    const makerCap = maker.capped ? events.capacity(maker) : maker.remaining
    if (makerCap <= 0) {
      expire(side, maker, 'no-capacity')
      return 'on'
    }
    trade(side, level, maker, taker, Math.min(taker.remaining, cap, maker.remaining, makerCap))
    return 'on'
  }

  function trade(side: BookSide, level: Level, maker: BookOrder, taker: BookOrder, size: number): void {
    taker.remaining -= size
    maker.remaining -= size
    level.total -= size
    if (maker.remaining === 0) {
      side.remove(maker)
      if (maker.owner === CROWD) events.left(maker)
    }
    events.fill(maker, taker, size)
    events.level(maker.side, level.price, level.total)
  }

  return {
    bids,
    asks,
    submit(order, timeInForce) {
      check(Number.isSafeInteger(order.remaining) && order.remaining > 0, 'size in lots', order.remaining)
      if (timeInForce === 'FOK' && !fillsWhole(order, against(order.side).levels, events.capacity)) return 'expired'
      let step: ReturnType<typeof matchOne> = 'on'
      while (order.remaining > 0 && step === 'on') step = matchOne(order)
      if (order.remaining === 0) return 'filled'
      if (step === 'prevented') return 'prevented'
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
