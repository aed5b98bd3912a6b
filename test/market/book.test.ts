import ccxt from 'ccxt'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/core/random.ts'
import { BOOK_LEVELS } from '../../src/market/bar.ts'
import { Book, DEPTH_MAX, topLevels } from '../../src/market/book.ts'

/** The obvious book: a map per side, sorted on reading. */
class NaiveBook {
  readonly bids = new Map<number, number>()
  readonly asks = new Map<number, number>()
  apply(bids: readonly number[], asks: readonly number[]): void {
    for (const [side, flat] of [
      [this.bids, bids],
      [this.asks, asks],
    ] as const) {
      for (let at = 0; at < flat.length; at += 2) {
        if (flat[at + 1]! > 0) side.set(flat[at]!, flat[at + 1]!)
        else side.delete(flat[at]!)
      }
    }
  }
  levels(side: 'bids' | 'asks'): number[] {
    const sign = side === 'bids' ? -1 : 1
    return [...this[side]].sort(([a], [b]) => sign * (a - b)).flat()
  }
}

const flat = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.nat(4)), { maxLength: 30 })
  .map((rows) => rows.flat())

describe('Book', () => {
  test('equals the naive book after any changes, and its top is the first ten levels', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(flat, flat), { maxLength: 20 }), (changes) => {
        const book = new Book()
        const naive = new NaiveBook()
        const top = topLevels()
        for (const [bids, asks] of changes) {
          book.apply(bids, asks)
          naive.apply(bids, asks)
        }
        expect(book.levels('bids')).toEqual(naive.levels('bids'))
        expect(book.levels('asks')).toEqual(naive.levels('asks'))
        for (const side of ['bids', 'asks'] as const) {
          expect([...book.walk(side)].flatMap(({ ticks, lots }) => [ticks, lots])).toEqual(naive.levels(side))
          for (let ticks = 0; ticks <= 61; ticks += 1) {
            expect(book.lotsAt(side, ticks)).toBe(naive[side].get(ticks) ?? 0)
          }
        }
        const [bid = Number.NEGATIVE_INFINITY, bidLots = 0] = naive.levels('bids')
        const [ask = Number.POSITIVE_INFINITY, askLots = 0] = naive.levels('asks')
        expect([book.bidTicks, book.bidLots, book.askTicks, book.askLots]).toEqual([bid, bidLots, ask, askLots])
        expect(book.crossed).toBe(bid >= ask)
        book.readTop(top)
        for (let level = 0; level < BOOK_LEVELS; level += 1) {
          const [price = Number.NEGATIVE_INFINITY, lots = 0] = naive.levels('bids').slice(2 * level, 2 * level + 2)
          expect([top[level], top[BOOK_LEVELS + level]]).toEqual([price, lots])
          const [askPrice = Number.POSITIVE_INFINITY, sold = 0] = naive.levels('asks').slice(2 * level, 2 * level + 2)
          expect([top[2 * BOOK_LEVELS + level], top[3 * BOOK_LEVELS + level]]).toEqual([askPrice, sold])
        }
      }),
    )
  })

  test('equals the order book of ccxt, level for level, through 3,000 changes of 4,000 levels', () => {
    const random = seededRandom(3)
    const book = new Book()
    // ccxt.pro's book is not exported by name: an exchange makes one.
    const theirs = new ccxt.pro.binanceusdm().orderBook({}, 1e9)
    for (let nth = 0; nth < 3_000; nth += 1) {
      const bids: number[] = []
      const asks: number[] = []
      for (let row = 0; row < 4; row += 1) {
        const lots = random() < 0.35 ? 0 : Math.ceil(random() * 90)
        const ticks = 10_000 + Math.floor(random() * 2_000)
        if (random() < 0.5) bids.push(ticks, lots)
        else asks.push(ticks + 2_000, lots)
      }
      book.apply(bids, asks)
      for (let at = 0; at < bids.length; at += 2) theirs['bids'].storeArray([bids[at], bids[at + 1]])
      for (let at = 0; at < asks.length; at += 2) theirs['asks'].storeArray([asks[at], asks[at + 1]])
      if (nth % 100 !== 99) continue
      theirs.limit()
      expect(book.levels('bids')).toEqual(Array.from(theirs['bids'], (row) => [...(row as number[])]).flat())
      expect(book.levels('asks')).toEqual(Array.from(theirs['asks'], (row) => [...(row as number[])]).flat())
    }
    expect(book.bidCount).toBeGreaterThan(1_000)
  })

  test('equal best prices cross, neighbours do not, an empty side never does', () => {
    const book = new Book()
    book.apply([100, 1], [])
    expect(book.crossed).toBe(false)
    book.apply([], [101, 1])
    expect(book.crossed).toBe(false)
    book.apply([], [100, 1])
    expect(book.crossed).toBe(true)
    book.clear()
    expect([book.crossed, book.bidCount, book.askCount]).toEqual([false, 0, 0])
  })

  test('keeps the best levels when a side overflows', () => {
    const book = new Book()
    for (let ticks = 1; ticks <= DEPTH_MAX; ticks += 1) book.apply([ticks, 1], [])
    expect(book.bidCount).toBe(DEPTH_MAX)
    book.apply([DEPTH_MAX + 1, 7], [])
    expect(book.bidCount).toBeLessThan(DEPTH_MAX)
    expect(book.levels('bids', 2)).toEqual([DEPTH_MAX + 1, 7, DEPTH_MAX, 1])
    expect(book.levels('bids').filter((_, at) => at % 2 === 0)).toEqual(
      Array.from({ length: book.bidCount }, (_, level) => DEPTH_MAX + 1 - level),
    )
  })

  test('a far level is not taken in at the price of better ones', () => {
    const book = new Book()
    for (let ticks = 2; ticks <= DEPTH_MAX + 1; ticks += 1) book.apply([ticks, 1], [])
    book.apply([1, 1], [])
    expect(book.bidCount).toBe(DEPTH_MAX)
  })
})
