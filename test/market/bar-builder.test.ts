import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { converter } from '../../src/core/instrument.ts'
import type { MarketEvent, TradeEvent } from '../../src/core/market-event.ts'
import { type Bar, BOOK_LEVELS } from '../../src/market/bar.ts'
import { barBuilder } from '../../src/market/bar-builder.ts'
import { sequencer } from '../../src/market/sequencer.ts'
import { CLOSED_BARS_MAX, OPEN_BARS_MAX } from '../../src/market/time-bars.ts'
import { deltaOf, gapOf, markOf, snapshotOf, tradeOf, watermarkOf } from './events.ts'
import { BTCUSDT } from './instruments.ts'

const BAR_MS = 1_000

function drive(events: readonly MarketEvent[], barMs = BAR_MS) {
  const order = sequencer()
  const builder = barBuilder({ converter: converter(BTCUSDT), bar: { kind: 'time', ms: barMs } })
  const bars: Bar[] = []
  for (const event of events) order.step(event, (next) => bars.push(...builder.step(next, order.book)))
  return { bars, builder }
}

const book = snapshotOf(1_000, 10, [[100, 1_000]], [[102, 3_000]])
/** Of the first levels; the rest are still. */
const flowOf = (...first: readonly number[]): number[] =>
  Array.from({ length: BOOK_LEVELS }, (_, level) => first[level] ?? 0)
const taintsOf = (bars: readonly Bar[]): string[] => bars.map(({ taints }) => taints.join('+'))

describe('closing', () => {
  test('a bar closes at the watermark of its end, not by a trade behind it, and not a moment before', () => {
    expect(drive([book, tradeOf(1_500, 1, 101, 1), tradeOf(2_000, 2, 101, 1)]).bars).toEqual([])
    expect(drive([book, tradeOf(1_500, 1, 101, 1), watermarkOf(1_999)]).bars).toEqual([])
    expect(drive([book, tradeOf(1_500, 1, 101, 1), watermarkOf(2_000)]).bars).toHaveLength(1)
  })

  test('quiet bars close one by one and carry price, book, mark and funding', () => {
    const { bars } = drive([
      book,
      tradeOf(1_500, 1, 101, 2),
      markOf(1_600, 10.15),
      watermarkOf(4_000),
      watermarkOf(4_000),
    ])
    expect(bars.map(({ startAt, endAt }) => [startAt, endAt])).toEqual([
      [1_000, 2_000],
      [2_000, 3_000],
      [3_000, 4_000],
    ])
    expect(bars[2]).toMatchObject({ tradeCount: 0, buyVolume: 0, bidTicks: 100, askTicks: 102, taints: [] })
    for (const field of ['open', 'high', 'low', 'close'] as const) expect(bars[2]![field]).toBeCloseTo(10.1, 9)
    expect(bars.map(({ markPrice, fundingRate }) => [markPrice, fundingRate])).toEqual(Array(3).fill([10.15, 0.0001]))
  })

  test('before the first trade the mid stands for the price', () => {
    expect(drive([book, watermarkOf(2_000)]).bars[0]!.close).toBeCloseTo(10.1, 9)
  })

  test('trades find their bar by exchange time; one for a closed bar is dropped and counted', () => {
    const { bars, builder } = drive([
      book,
      tradeOf(1_100, 1, 100, 1, 'sell'),
      tradeOf(2_000, 2, 105, 10),
      tradeOf(1_999, 3, 103, 4),
      tradeOf(1_200, 4, 99, 2),
      watermarkOf(2_000),
      tradeOf(1_999, 5, 500, 9),
      watermarkOf(3_000),
    ])
    expect(bars[0]).toMatchObject({ tradeCount: 3 })
    const [open, high, low, close] = [bars[0]!.open, bars[0]!.high, bars[0]!.low, bars[0]!.close]
    expect([open, high, low, close].map((price) => Math.round(price * 10))).toEqual([100, 103, 99, 99])
    expect([bars[0]!.buyVolume, bars[0]!.sellVolume]).toEqual([0.006, 0.001])
    expect(bars[1]).toMatchObject({ tradeCount: 1 })
    expect(builder.lateTrades).toBe(1)
  })

  test('a watermark before any event only says where bars begin', () => {
    expect(drive([watermarkOf(1_500), watermarkOf(2_000)]).bars).toEqual([])
    expect(taintsOf(drive([watermarkOf(1_000), book, watermarkOf(2_000)]).bars)).toEqual([''])
  })

  test('a trade absurdly far ahead is dropped, taints, and opens no bars', () => {
    const far = 1_000 + OPEN_BARS_MAX * BAR_MS
    const { bars, builder } = drive([book, tradeOf(1_100, 1, 100, 1), tradeOf(far, 2, 100, 1), watermarkOf(2_000)])
    expect([builder.lateTrades, taintsOf(bars)]).toEqual([1, ['gap']])
    expect(drive([book, tradeOf(1_100, 1, 100, 1), tradeOf(far - 1, 2, 100, 1)]).builder.lateTrades).toBe(0)
  })

  test('such a trade taints the bar to come too, when none is open', () => {
    const far = 2_000 + OPEN_BARS_MAX * BAR_MS
    const { bars, builder } = drive([book, watermarkOf(2_000), tradeOf(far, 1, 100, 1), watermarkOf(4_000)])
    expect([builder.lateTrades, taintsOf(bars)]).toEqual([1, ['', 'gap', '']])
  })

  test('a book update with a mad time changes the book, taints its bar, and moves no clock', () => {
    const mad = deltaOf(9e12, [9, 10, 11], [[101, 4_000]], [])
    const { bars } = drive([book, mad, deltaOf(2_500, [11, 12, 13], [[101, 0]], []), watermarkOf(3_000)])
    expect(taintsOf(bars)).toEqual(['gap', ''])
    expect(bars[0]).toMatchObject({ bidTicks: 101, spreadTicksMean: 1 })
    expect(bars[1]!.spreadTicksMean).toBeCloseTo(1.5, 12)
  })

  test('a silence longer than the bound restarts the bars behind it', () => {
    expect(drive([book, watermarkOf(1_000 + CLOSED_BARS_MAX * BAR_MS)]).bars).toHaveLength(CLOSED_BARS_MAX)
    const far = 1_000 + (CLOSED_BARS_MAX + 1) * BAR_MS
    const { bars } = drive([book, watermarkOf(far), watermarkOf(far + BAR_MS)])
    expect(bars.map(({ startAt }) => startAt)).toEqual([1_000, far])
  })
})

describe('taints', () => {
  test('the first bar is partial unless it is seen from its first moment', () => {
    const late = snapshotOf(1_001, 10, [[100, 1]], [[102, 1]])
    expect(taintsOf(drive([book, watermarkOf(3_000)]).bars)).toEqual(['', ''])
    expect(taintsOf(drive([late, watermarkOf(3_000)]).bars)).toEqual(['partial', ''])
  })

  test('no book at all: unsynced; a book that comes in mid-bar: partial', () => {
    const late = snapshotOf(3_500, 10, [[100, 1]], [[102, 1]])
    const { bars } = drive([tradeOf(1_000, 1, 100, 1), late, watermarkOf(5_000)])
    expect(taintsOf(bars)).toEqual(['unsynced+partial', 'unsynced+partial', 'partial', ''])
    expect(bars[0]!.bidTicks).toBeNaN()
    expect(bars[0]!.spreadTicksMean).toBeNaN()
  })

  test('a gap taints until the book is whole for a whole bar', () => {
    const again = snapshotOf(3_500, 20, [[100, 1]], [[102, 1]])
    const { bars } = drive([book, watermarkOf(2_000), gapOf(2_500), again, watermarkOf(5_000)])
    expect(taintsOf(bars)).toEqual(['', 'gap+unsynced', 'gap', ''])
  })

  test('a gap that heals at once still taints its bar', () => {
    const again = snapshotOf(2_500, 20, [[100, 1]], [[102, 1]])
    const { bars } = drive([book, watermarkOf(2_000), gapOf(2_500), again, watermarkOf(4_000)])
    expect(taintsOf(bars)).toEqual(['', 'gap', ''])
  })

  test('a gap taints the bars that are open already', () => {
    const trade = tradeOf(2_100, 1, 100, 1)
    const again = snapshotOf(2_100, 20, [[100, 1]], [[102, 1]])
    // The book was last seen at 1,000 ms: whether it still stood at 2,000 ms nobody knows.
    expect(taintsOf(drive([book, trade, gapOf(2_100), again, watermarkOf(4_000)]).bars)).toEqual([
      'gap+unsynced',
      'gap',
      '',
    ])
  })

  test('order flow across a gap is not counted', () => {
    const again = snapshotOf(1_500, 20, [[101, 9_000]], [[102, 1]])
    expect(drive([book, gapOf(1_400), again, watermarkOf(2_000)]).bars[0]!.ofi).toEqual(flowOf())
  })
})

describe('book figures', () => {
  test('spread and depth are weighted with time, over the boundary too; flow goes to its bar', () => {
    const { bars } = drive([
      book,
      deltaOf(1_250, [9, 10, 11], [[101, 4_000]], []),
      deltaOf(2_500, [11, 12, 12], [[101, 0]], []),
      watermarkOf(3_000),
    ])
    expect(bars[0]!.spreadTicksMean).toBeCloseTo(0.25 * 2 + 0.75 * 1, 12)
    expect(bars[0]!.bidDepthMean).toBeCloseTo(0.25 * 1 + 0.75 * 4, 12)
    expect(bars[0]!.askDepthMean).toBeCloseTo(3, 12)
    expect(bars[0]!.bidDepthLevelsMean).toBeCloseTo(0.25 * 1 + 0.75 * 5, 12)
    expect(bars[0]).toMatchObject({ bidTicks: 101, askTicks: 102, bidSize: 4, askSize: 3, bookUpdateCount: 1 })
    expect(bars[0]!.ofi).toEqual(flowOf(4, 1))
    expect(bars[1]!.spreadTicksMean).toBeCloseTo(1.5, 12)
    expect(bars[1]!.ofi).toEqual(flowOf(-4, -1))
    expect(bars[1]).toMatchObject({ bidTicks: 100, bidSize: 1 })
  })

  test('the close shows the book before the boundary although later updates came before the watermark', () => {
    const { bars } = drive([book, deltaOf(2_000, [9, 10, 11], [[101, 4_000]], []), watermarkOf(2_000)])
    expect(bars[0]).toMatchObject({ bidTicks: 100, bookUpdateCount: 0, ofi: flowOf() })
  })
})

test('any trades: each bar equals brute force over its own trades', () => {
  const trade = fc.record({
    at: fc.integer({ min: 1_000, max: 9_999 }),
    price: fc.integer({ min: 90, max: 110 }),
    size: fc.integer({ min: 1, max: 50 }),
    side: fc.constantFrom('buy' as const, 'sell' as const),
  })
  fc.assert(
    fc.property(fc.array(trade, { maxLength: 60 }), (drawn) => {
      const trades: TradeEvent[] = drawn
        .sort((a, b) => a.at - b.at)
        .map(({ at, price, size, side }, nth) => tradeOf(at, nth, price, size, side))
      const { bars } = drive([book, ...trades, watermarkOf(10_000)])
      expect(bars).toHaveLength(9)
      for (const bar of bars) {
        const inside = trades.filter(({ exchangeTime: at }) => at >= bar.startAt && at < bar.endAt)
        const lotsOf = (side: string) => inside.reduce((sum, t) => sum + (t.side === side ? t.size : 0), 0)
        expect(bar.tradeCount).toBe(inside.length)
        expect(bar.buyVolume).toBeCloseTo(lotsOf('buy') / 1_000, 9)
        expect(bar.sellVolume).toBeCloseTo(lotsOf('sell') / 1_000, 9)
        if (inside.length === 0) continue
        const prices = inside.map(({ price }) => price / 10)
        expect(bar.open).toBeCloseTo(prices[0]!, 9)
        expect(bar.close).toBeCloseTo(prices.at(-1)!, 9)
        expect(bar.high).toBeCloseTo(Math.max(...prices), 9)
        expect(bar.low).toBeCloseTo(Math.min(...prices), 9)
      }
    }),
  )
})
