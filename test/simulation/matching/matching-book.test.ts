import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Side, signOf } from '../../../src/core/units.ts'
import { type BookOrder, CROWD, type SelfTradeMode } from '../../../src/simulation/matching/book-side.ts'
import {
  bookOrder,
  MARKET_PRICE,
  type MatchingBook,
  matchingBook,
} from '../../../src/simulation/matching/matching-book.ts'
import { type Kind, ReferenceBook } from './reference-book.ts'

interface Step {
  readonly act: 'submit' | 'cancel' | 'amend'
  readonly pick: number
  readonly side: Side
  /** 0: a market order. */
  readonly price: number
  readonly size: number
  readonly owner: string
  readonly kind: Kind
  readonly reduceOnly: boolean
  readonly selfTrade: SelfTradeMode
}

const step: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom('submit', 'submit', 'submit', 'cancel', 'amend'),
  pick: fc.nat(50),
  side: fc.constantFrom<Side>('buy', 'sell'),
  price: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 95, max: 105 }) },
    { weight: 1, arbitrary: fc.constant(0) },
  ),
  size: fc.integer({ min: 1, max: 9 }),
  owner: fc.constantFrom(CROWD, 'a', 'b', 'c'),
  kind: fc.constantFrom<Kind>('GTC', 'GTC', 'GTX', 'IOC', 'FOK'),
  reduceOnly: fc.boolean(),
  selfTrade: fc.constantFrom<SelfTradeMode>('EXPIRE_MAKER', 'EXPIRE_MAKER', 'EXPIRE_TAKER', 'EXPIRE_BOTH', 'NONE'),
})

/** The engine under test with what its owner keeps: positions by account, a log, and the levels as told. */
function recorded() {
  const log: string[] = []
  const totals = new Map<string, number>()
  const positions: Record<string, number> = {}
  const move = ({ owner, side }: BookOrder, size: number) => {
    positions[owner] = (positions[owner] ?? 0) + signOf(side) * size
  }
  const book = matchingBook({
    fill: (maker, taker, size) => {
      move(maker, size)
      move(taker, size)
      log.push(`${maker.id}<${taker.id} ${size}@${maker.price}`)
    },
    level: (side, price, total) => totals.set(`${side} ${price}`, total),
    expired: (maker, cause) => log.push(`${maker.id} expired, ${cause}`),
    capacity: ({ owner, side }) => Math.max(0, -signOf(side) * (positions[owner] ?? 0)),
    left: () => undefined,
  })
  return { book, log, totals, positions }
}

const totalsOf = (book: MatchingBook) => [
  ...book.bids.levels.map((l) => [`buy ${l.price}`, l.total]),
  ...book.asks.levels.map((l) => [`sell ${l.price}`, l.total]),
]

/** One step on both; what either says of it. */
function both(engine: ReturnType<typeof recorded>, reference: ReferenceBook, alive: BookOrder[], s: Step, id: number) {
  const limit = s.price === 0 ? MARKET_PRICE[s.side] : s.price
  const kind = s.price === 0 ? 'IOC' : s.kind
  // Nobody reduces without an account; FOK into one's own orders is judged by what they offer before any of them trades.
  const capped = s.reduceOnly && s.owner !== CROWD
  const selfTrade = kind === 'FOK' && s.selfTrade === 'NONE' ? 'EXPIRE_MAKER' : s.selfTrade
  const order = bookOrder(id, s.owner, s.side, limit, s.size, { capped, selfTrade })
  const crosses = engine.book.crosses(s.side, limit)
  const result = kind === 'GTX' && crosses ? 'refused' : engine.book.submit(order, kind === 'GTX' ? 'GTC' : kind)
  if (result === 'resting') alive.push(order)
  const expected = reference.submit({ ...order, limit, reduceOnly: capped, left: s.size }, kind)
  return { result, expected }
}

describe('matching book', () => {
  test('does as the reference does, keeps every lot and tells every level', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const engine = recorded()
        const { book, log, totals, positions } = engine
        const reference = new ReferenceBook()
        const alive: BookOrder[] = []
        steps.forEach((s, index) => {
          const candidates = alive.filter((o) => o.level)
          const victim = candidates[s.pick % Math.max(1, candidates.length)]
          if (s.act !== 'submit' && victim) {
            book.cancel(victim)
            reference.cancel(victim.id)
            if (s.act === 'cancel') return
          }
          const { result, expected } = both(engine, reference, alive, s, index)
          expect(result).toBe(expected)
          seen.add(result)
        })
        expect(log).toEqual(reference.log)
        for (const line of log) seen.add(/expired, (.*)/.exec(line)?.[1] ?? 'trade')
        const live = alive.filter((o) => o.level)
        expect(live.map((o) => [o.id, o.remaining])).toEqual(reference.resting.map((o) => [o.id, o.left]))
        expect(positions).toEqual(reference.positions)
        expect(Object.values(positions).reduce((sum, held) => sum + held, 0)).toBe(0)
        expect([...totals].filter(([, total]) => total > 0).sort()).toEqual(totalsOf(book).sort())
        const bid = book.bids.best()?.price ?? 0
        expect(bid).toBeLessThan(book.asks.best()?.price ?? Number.POSITIVE_INFINITY)
      }),
      { numRuns: 500, seed: 1 },
    )
    const every = ['resting', 'filled', 'expired', 'prevented', 'refused', 'trade', 'no-capacity', 'self-trade']
    expect([...seen].sort()).toEqual(every.sort()) // The streams reach every outcome.
  })

  test('all or nothing counts the shared capacity of several reduce-only orders once', () => {
    const { book, positions } = recorded()
    positions['a'] = 5
    book.submit(bookOrder(1, 'a', 'sell', 100, 5, { capped: true }), 'GTC')
    book.submit(bookOrder(2, 'a', 'sell', 100, 5, { capped: true }), 'GTC')
    expect(book.submit(bookOrder(3, 'b', 'buy', 100, 6), 'FOK')).toBe('expired')
    expect(book.submit(bookOrder(4, 'b', 'buy', 100, 5), 'FOK')).toBe('filled')
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
    book.submit(bookOrder(1, 'a', 'sell', 100, 5, { capped: true }), 'GTC')
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
