import { exponential, type Random } from '../../core/random.ts'
import { type Side, signOf } from '../../core/units.ts'
import { type BookOrder, CROWD, type Level } from '../matching/book-side.ts'
import { bookOrder, type MatchingBook } from '../matching/matching-book.ts'

/** Where the crowd trades. */
export interface FlowVenue {
  readonly book: MatchingBook
  nextOrderId(): number
}

/** Levels that the quoters keep on each side, and the most that the crowd keeps. */
const LADDER_LEVELS = 26
const LEVELS_MAX = 60
/** The ladder's first levels are neighbours, later gaps are random up to this many ticks. */
const LADDER_DENSE = 5
const LADDER_GAP_MAX = 7
/** Mean quoter size, in mean order sizes, at the touch and deeper. */
const TOUCH_SIZE = 1.5
const DEEP_SIZE = 3

/** The nameless participants' resting orders: how they add, withdraw and quote around a price they believe in. */
export interface Crowd {
  /** A limit order; it trades at once where it crosses. */
  add(side: Side, price: number, size: number, pooled: boolean): void
  /** Size of one order: exponential around `mean` mean sizes, at least one lot. */
  drawSize(mean: number): number
  /** Moves the quotes around `fairTicks`: withdraws what it makes wrong, fills up the ladder, trims the far end. */
  requote(fairTicks: number): void
  /** Puts the touch back where it was eaten or outbid, nothing else. */
  mend(fairTicks: number): void
  /** Cancels a single order of `side` that came with the flow; false when there is none. */
  withdraw(side: Side): boolean
  /** Number of such orders. */
  pooled(side: Side): number
  /** The book lost an order of the crowd. */
  left(order: BookOrder): void
}

export function crowd(venue: FlowVenue, random: Random, sizeMean: number): Crowd {
  const { book } = venue
  const pools: Readonly<Record<Side, BookOrder[]>> = { buy: [], sell: [] }
  const sideOf = (side: Side) => (side === 'buy' ? book.bids : book.asks)
  const drawSize = (mean: number): number => Math.max(1, Math.round(exponential(random, 1) * mean * sizeMean))

  function add(side: Side, price: number, size: number, pooled: boolean): void {
    if (price < 1) return
    const order = bookOrder(venue.nextOrderId(), CROWD, side, price, size)
    if (book.submit(order, 'GTC') === 'resting' && pooled) {
      order.slot = pools[side].length
      pools[side].push(order)
    }
  }

  function clear(level: Level): void {
    for (let order = level.tail; order; ) {
      const { previous } = order
      if (order.owner === CROWD) book.cancel(order)
      order = previous
    }
  }

  /** Withdraws every quote of `side` better than `touch`, the worst first: the best quote changes once, not at every level. */
  function withdrawStale(side: Side, touch: number): void {
    const { levels } = sideOf(side)
    const sign = signOf(side)
    let from = levels.length
    while (from > 0 && (levels[from - 1]!.price - touch) * sign > 0) from -= 1
    for (const level of levels.slice(from)) clear(level)
  }

  function fillLadder(side: Side, touch: number, count: number): void {
    const sign = signOf(side)
    let price = touch
    for (let step = 0; step < count; step += 1) {
      if (!sideOf(side).find(price)) add(side, price, drawSize(step === 0 ? TOUCH_SIZE : DEEP_SIZE), false)
      price -= sign * (step < LADDER_DENSE ? 1 : 1 + Math.floor(random() * LADDER_GAP_MAX))
    }
  }

  function trim(side: Side): void {
    const { levels } = sideOf(side)
    // The slice bounds the work: a level that holds an account's order stays.
    for (const level of levels.slice(0, Math.max(0, levels.length - LEVELS_MAX))) clear(level)
  }

  /** Best prices at which the crowd is willing to buy and sell: one to three ticks apart. */
  function touches(fairTicks: number): Readonly<Record<Side, number>> {
    const draw = random()
    const spread = draw < 0.7 ? 1 : draw < 0.92 ? 2 : 3
    const buy = Math.max(1, Math.round(fairTicks - spread / 2))
    return { buy, sell: buy + spread }
  }

  return {
    add,
    drawSize,
    requote(fairTicks) {
      const touch = touches(fairTicks)
      withdrawStale('buy', touch.buy)
      withdrawStale('sell', touch.sell)
      for (const side of ['buy', 'sell'] as const) {
        fillLadder(side, touch[side], LADDER_LEVELS)
        trim(side)
      }
    },
    mend(fairTicks) {
      const touch = touches(fairTicks)
      for (const side of ['buy', 'sell'] as const) {
        const sign = signOf(side)
        const best = sideOf(side).best()?.price
        if (best === undefined || (touch[side] - best) * sign > 1) fillLadder(side, touch[side], 2)
        else if ((best - touch[side]) * sign > 2) withdrawStale(side, touch[side])
      }
    },
    withdraw(side) {
      const pool = pools[side]
      const order = pool[Math.floor(random() * pool.length)]
      if (!order) return false
      book.cancel(order)
      return true
    },
    pooled: (side) => pools[side].length,
    left(order) {
      if (order.slot < 0) return
      const pool = pools[order.side]
      const last = pool.pop()!
      if (last !== order) {
        pool[order.slot] = last
        last.slot = order.slot
      }
      order.slot = -1
    },
  }
}
