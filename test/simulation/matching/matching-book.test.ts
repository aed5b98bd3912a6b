import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Side } from '../../../src/core/units.ts'
import { type BookOrder, CROWD } from '../../../src/simulation/matching/book-side.ts'
import {
  bookOrder,
  MARKET_PRICE,
  type MatchingBook,
  matchingBook,
} from '../../../src/simulation/matching/matching-book.ts'

interface Step {
  readonly cancel: boolean
  readonly pick: number
  readonly side: Side
  readonly price: number
  readonly size: number
  readonly owner: string
  readonly kind: 'GTC' | 'IOC' | 'FOK' | 'market'
}

const step: fc.Arbitrary<Step> = fc.record({
  cancel: fc.boolean(),
  pick: fc.nat(50),
  side: fc.constantFrom<Side>('buy', 'sell'),
  price: fc.integer({ min: 95, max: 105 }),
  size: fc.integer({ min: 1, max: 9 }),
  owner: fc.constantFrom(CROWD, 'a', 'b'),
  kind: fc.constantFrom('GTC', 'GTC', 'IOC', 'FOK', 'market'),
})

/** The rules, written the slow way: a list, searched anew for every trade. */
function naiveBook() {
  let resting: { id: number; owner: string; side: Side; price: number; left: number }[] = []
  const log: string[] = []
  const makersFor = (side: Side, limit: number) =>
    resting
      .filter((o) => o.side !== side && (side === 'buy' ? o.price <= limit : o.price >= limit))
      .sort((x, y) => (side === 'buy' ? x.price - y.price : y.price - x.price) || x.id - y.id)
  return {
    log,
    resting: () => resting,
    cancel: (id: number) => {
      resting = resting.filter((o) => o.id !== id)
    },
    submit(id: number, owner: string, side: Side, limit: number, size: number, kind: Step['kind']): string {
      let left = size
      const queue = makersFor(side, limit)
      const own = queue.findIndex((o) => owner !== CROWD && o.owner === owner)
      const usable = own < 0 ? queue : queue.slice(0, own)
      if (kind === 'FOK' && usable.reduce((sum, o) => sum + o.left, 0) < size) return 'expired'
      for (const maker of usable) {
        if (left === 0) break
        const traded = Math.min(left, maker.left)
        left -= traded
        maker.left -= traded
        log.push(`${maker.id}<${id} ${traded}@${maker.price}`)
      }
      resting = resting.filter((o) => o.left > 0)
      if (left === 0) return 'filled'
      if (kind !== 'GTC' || own >= 0) return 'expired'
      resting.push({ id, owner, side, price: limit, left })
      return 'resting'
    },
  }
}

function recorded() {
  const log: string[] = []
  const totals = new Map<string, number>()
  const book = matchingBook({
    fill: (maker, taker, size) => log.push(`${maker.id}<${taker.id} ${size}@${maker.price}`),
    level: (side, price, total) => totals.set(`${side} ${price}`, total),
    expired: () => undefined,
    capacity: (order) => order.remaining,
    left: () => undefined,
  })
  return { book, log, totals }
}

const totalsOf = (book: MatchingBook) => [
  ...book.bids.levels.map((l) => [`buy ${l.price}`, l.total]),
  ...book.asks.levels.map((l) => [`sell ${l.price}`, l.total]),
]

describe('matching book', () => {
  test('trades as the naive book does, keeps every lot and tells every level', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const { book, log, totals } = recorded()
        const naive = naiveBook()
        const alive: BookOrder[] = []
        let submitted = 0
        let gone = 0
        steps.forEach((s, index) => {
          const candidates = alive.filter((o) => o.level)
          const victim = candidates[s.pick % Math.max(1, candidates.length)]
          if (s.cancel && victim) {
            gone += victim.remaining
            book.cancel(victim)
            naive.cancel(victim.id)
            return
          }
          const limit = s.kind === 'market' ? MARKET_PRICE[s.side] : s.price
          const order = bookOrder(index, s.owner, s.side, limit, s.size)
          const result = book.submit(order, s.kind === 'market' ? 'IOC' : s.kind)
          expect(result).toBe(naive.submit(index, s.owner, s.side, limit, s.size, s.kind))
          submitted += s.size
          if (result === 'expired') gone += order.remaining
          if (result === 'resting') alive.push(order)
        })
        expect(log).toEqual(naive.log)
        const live = alive.filter((o) => o.level)
        expect(live.map((o) => [o.id, o.remaining])).toEqual(naive.resting().map((o) => [o.id, o.left]))
        const traded = log.reduce((sum, line) => sum + Number(/ (\d+)@/.exec(line)![1]), 0)
        expect(submitted).toBe(2 * traded + gone + live.reduce((sum, o) => sum + o.remaining, 0))
        expect([...totals].filter(([, total]) => total > 0).sort()).toEqual(totalsOf(book).sort())
        const bid = book.bids.best()?.price ?? 0
        expect(bid).toBeLessThan(book.asks.best()?.price ?? Number.POSITIVE_INFINITY)
      }),
      { numRuns: 300, seed: 1 },
    )
  })

  test('a capped order trades no more than its capacity, and an exhausted maker leaves', () => {
    let capacity = 3
    const ended: number[] = []
    const book = matchingBook({
      fill: (_maker, _taker, size) => {
        capacity -= size
      },
      level: () => undefined,
      expired: (maker) => ended.push(maker.id),
      capacity: () => capacity,
      left: () => undefined,
    })
    book.submit(bookOrder(1, 'a', 'sell', 100, 5, true), 'GTC')
    book.submit(bookOrder(2, CROWD, 'sell', 101, 5), 'GTC')
    const taker = bookOrder(3, 'b', 'buy', 101, 6)
    expect(book.submit(taker, 'IOC')).toBe('filled')
    expect(ended).toEqual([1])
    expect(book.asks.best()).toMatchObject({ price: 101, total: 2 })
  })

  test.each([
    { price: 99, crosses: false },
    { price: 100, crosses: true },
  ])('a buy at $price against an offer at 100 crosses: $crosses', ({ price, crosses }) => {
    const { book } = recorded()
    book.submit(bookOrder(1, CROWD, 'sell', 100, 1), 'GTC')
    expect(book.crosses('buy', price)).toBe(crosses)
  })
})
