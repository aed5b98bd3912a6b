import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BookEvent, Levels } from '../../src/core/market-event.ts'
import type { EpochMs } from '../../src/core/units.ts'
import { Book } from '../../src/market/book.ts'
import { sequencer } from '../../src/market/sequencer.ts'
import { REWIND_MS_MAX, snapshotDiff, type WholeBook } from '../../src/market/snapshot-diff.ts'

const T0 = 1_700_000_000_000
const bookAt = (ms: number, bids: Levels, asks: Levels): WholeBook => ({
  symbol: 'BTC/USDT:USDT',
  exchangeTime: (T0 + ms) as EpochMs,
  receivedAt: (T0 + ms + 5) as EpochMs,
  bids,
  asks,
})
const bids = [100, 5, 99, 7]
const asks = [101, 3, 102, 4]
const first = bookAt(0, bids, asks)

describe('one after the other', () => {
  test('the first book is an in-stream snapshot, the second a delta that follows it and says where it is from', () => {
    const diff = snapshotDiff()
    const whole = { ...first, kind: 'book', type: 'snapshot', inStream: true, firstId: 1, lastId: 1, prevId: 1 }
    expect(diff.step(first)).toEqual(whole)
    expect(diff.step(bookAt(100, [100, 6, 99, 7], [101, 3, 103, 1]))).toEqual({
      ...bookAt(100, [100, 6], [102, 0, 103, 1]),
      kind: 'book',
      type: 'delta',
      bookSource: 'snapshot-diff',
      firstId: 2,
      lastId: 2,
      prevId: 1,
    })
  })

  test('an equal book makes nothing, and uses no id', () => {
    const diff = snapshotDiff()
    diff.step(first)
    expect(diff.step(bookAt(100, bids, asks))).toBeUndefined()
    expect(diff.step(bookAt(100, [99, 7, 100, 5], [102, 4, 101, 3]))).toBeUndefined()
    expect(diff.step(bookAt(200, [99, 7], asks))).toMatchObject({ prevId: 1, lastId: 2, bids: [100, 0], asks: [] })
  })

  test('a level that falls off the visible end is removed, and comes back as new', () => {
    const diff = snapshotDiff()
    diff.step(first)
    expect(diff.step(bookAt(1, [101, 1, 100, 5], [102, 4, 103, 1]))).toMatchObject({ bids: [99, 0, 101, 1] })
    expect(diff.step(bookAt(2, bids, asks))).toMatchObject({ bids: [101, 0, 99, 7] })
  })

  test('both sides may become empty and fill again', () => {
    const diff = snapshotDiff()
    expect(diff.step(bookAt(0, [], []))).toMatchObject({ type: 'snapshot', bids: [], asks: [] })
    expect(diff.step(bookAt(1, bids, asks))).toMatchObject({ type: 'delta', bids, asks })
    expect(diff.step(bookAt(2, [], []))).toMatchObject({ bids: [100, 0, 99, 0], asks: [101, 0, 102, 0] })
  })

  test('a level without lots is none; of a price that comes twice the later stands', () => {
    const diff = snapshotDiff()
    diff.step(bookAt(0, [100, 5, 99, 0], asks))
    expect(diff.step(bookAt(1, [100, 4, 100, 5], asks))).toBeUndefined()
    expect(diff.step(bookAt(2, [100, 5, 100, 0], asks))).toMatchObject({ bids: [100, 0] })
  })
})

describe('out of order and anew', () => {
  const changed = [98, 1]
  test.each<[string, number, string | undefined]>([
    ['the same time: taken', 0, 'delta'],
    ['older: dropped', -1, undefined],
    ['older by just the rewind: dropped', -REWIND_MS_MAX, undefined],
    ['older by more: the clock was set back', -REWIND_MS_MAX - 1, 'snapshot'],
  ])('%s', (_name, ms, type) => {
    const diff = snapshotDiff()
    diff.step(first)
    expect(diff.step(bookAt(ms, changed, asks))?.type).toBe(type)
    // What was dropped left no trace.
    if (!type) expect(diff.step(bookAt(1, bids, asks))).toBeUndefined()
  })

  test('after a reset the next book is a snapshot, whatever its time; ids run on, so the sequencer takes it', () => {
    const diff = snapshotDiff()
    const own = sequencer()
    const emitted: string[] = []
    const step = (book: WholeBook): void => {
      const event = diff.step(book)
      if (event)
        own.step(event, (next) => emitted.push(next.kind === 'book' ? `${next.type}:${next.lastId}` : next.kind))
    }
    step(first)
    step(bookAt(100, [100, 5], asks))
    diff.reset()
    step(bookAt(50, bids, asks))
    step(bookAt(150, [100, 5], asks))
    expect(emitted).toEqual(['snapshot:1', 'delta:2', 'gap', 'snapshot:3', 'delta:4'])
    expect(own.book.levels('bids')).toEqual([100, 5])
  })
})

describe('property', () => {
  const side = (from: number) =>
    fc
      .uniqueArray(fc.tuple(fc.integer({ min: from, max: from + 30 }), fc.integer({ min: 0, max: 3 })), {
        selector: ([ticks]) => ticks,
        maxLength: 20,
      })
      .map((rows) => rows.flat())
  const books = fc.array(fc.tuple(side(1), side(100)), { minLength: 1, maxLength: 20 })

  test('the first snapshot and the deltas make every later book exactly, and no delta says what stood already', () => {
    fc.assert(
      fc.property(books, fc.nat(19), (run, resetAt) => {
        const diff = snapshotDiff()
        const made = new Book()
        for (const [at, [bidSide, askSide]] of run.entries()) {
          if (at === resetAt) diff.reset()
          const event = diff.step(bookAt(at, bidSide, askSide))
          const expected = new Book()
          expected.apply(bidSide, askSide)
          if (event) takes(made, event)
          for (const name of ['bids', 'asks'] as const) expect(made.levels(name)).toEqual(expected.levels(name))
        }
      }),
    )
  })

  function takes(book: Book, event: BookEvent): void {
    if (event.type === 'snapshot') book.clear()
    else {
      expect(event.bids.length + event.asks.length).toBeGreaterThan(0)
      for (const name of ['bids', 'asks'] as const) {
        const before = new Map(pairs(book.levels(name)))
        for (const [ticks, lots] of pairs(event[name])) expect(before.get(ticks) ?? 0).not.toBe(lots)
      }
    }
    book.apply(event.bids, event.asks)
  }

  const pairs = (flat: Levels): [number, number][] =>
    Array.from({ length: flat.length / 2 }, (_, at) => [flat[2 * at]!, flat[2 * at + 1]!])
})
