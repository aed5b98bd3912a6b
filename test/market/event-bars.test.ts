import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { converter, type Instrument } from '../../src/core/instrument.ts'
import type { MarketEvent, TradeEvent } from '../../src/core/market-event.ts'
import type { Bar } from '../../src/market/bar.ts'
import { CLOCK_LEAP_MS_MAX } from '../../src/market/event-bars.ts'
import { EXPECTED_TICKS_FACTOR, TICKS_FACTOR_MAX } from '../../src/market/imbalance-rule.ts'
import { buildBars } from './build-bars.ts'
import { connectionOf, deltaOf, gapOf, markOf, snapshotOf, tradeOf, watermarkOf } from './events.ts'
import { BTCUSD_PERP, BTCUSDT } from './instruments.ts'
import { randomMarket } from './random-market.ts'

const book = snapshotOf(1_000, 10, [[100, 1_000]], [[102, 3_000]])
const taintsOf = (bars: readonly Bar[]): string[] => bars.map(({ taints }) => taints.join('+'))
const spansOf = (bars: readonly Bar[]): number[][] => bars.map(({ startAt, endAt }) => [startAt, endAt])

describe('closing', () => {
  test('the trade that reaches the threshold ends its bar and belongs to it whole', () => {
    const trades = [tradeOf(1_100, 1, 100, 4), tradeOf(1_200, 2, 101, 8, 'sell'), tradeOf(1_900, 3, 102, 1)]
    const { bars, closedBy } = buildBars('volume:0.01', [book, ...trades])
    expect(closedBy).toEqual([2])
    expect(bars).toMatchObject([{ tradeCount: 2, buyVolume: 0.004, sellVolume: 0.008, startAt: 1_000, endAt: 1_200 }])
    expect([bars[0]!.open, bars[0]!.close]).toEqual([10, 101 * 0.1])
  })

  test.each([
    ['tick:3', 2, [3, 6, 9]],
    ['volume:0.003', 1, [3, 6, 9]],
    ['volume:0.0021', 1, [3, 6, 9]],
    ['dollar:0.03', 1, [3, 6, 9]],
    ['dollar:0.0301', 1, [4, 8]],
  ])('%s with trades of %d lots at 10: bars end with trades %j', (text, lots, ends) => {
    const trades = Array.from({ length: 10 }, (_, nth) => tradeOf(1_100 + nth, nth, 100, lots))
    expect(buildBars(text, trades).closedBy.map((index) => index + 1)).toEqual(ends)
  })

  test('a sum that misses its threshold by rounding alone has reached it', () => {
    // 4.001 / 0.001 is a little more than 4001, and 763 lots × ticks are worth 0.07629999999999999.
    expect(buildBars('volume:4.001', [tradeOf(1_100, 1, 100, 4_001)]).bars).toHaveLength(1)
    expect(buildBars('volume:4.001', [tradeOf(1_100, 1, 100, 4_000)]).bars).toHaveLength(0)
    expect(buildBars('dollar:0.0763', [tradeOf(1_100, 1, 109, 7)]).bars).toHaveLength(1)
    expect(buildBars('dollar:0.0763', [tradeOf(1_100, 1, 109, 6)]).bars).toHaveLength(0)
  })

  test('inverse contracts: volume counts contracts, dollars their value', () => {
    const trades = Array.from({ length: 10 }, (_, nth) => tradeOf(1_100 + nth, nth, 100 + nth, 1))
    const instrument = BTCUSD_PERP
    expect(buildBars('volume:4', trades, { instrument }).closedBy).toEqual([3, 7])
    expect(buildBars('dollar:500', trades, { instrument }).closedBy).toEqual([4, 9])
    expect(buildBars('dollar:500', trades, { instrument }).bars[0]!.quoteVolume).toBe(500)
  })

  test('bars that end within one millisecond come out a millisecond apart and fall back to the clock', () => {
    const at = [1_100, 1_100, 1_100, 1_101, 1_150]
    const { bars, builder } = buildBars('tick:1', [book, ...at.map((time, nth) => tradeOf(time, nth, 100, 1))])
    expect(spansOf(bars)).toEqual([
      [1_000, 1_100],
      [1_100, 1_101],
      [1_101, 1_102],
      [1_102, 1_103],
      [1_103, 1_150],
    ])
    expect(builder.lateTrades).toBe(0)
    // One of no duration has the book as it stands for its means.
    expect(bars[1]).toMatchObject({ weighedMs: 1, spreadTicksMean: 2, bidDepthMean: 1, taints: [] })
    expect(bars[4]).toMatchObject({ weighedMs: 49, taints: [] })
  })

  test('a late trade is counted and stays in the open bar; a repeated one is in none', () => {
    const events = [book, tradeOf(1_500, 1, 100, 1), tradeOf(1_499, 2, 101, 1), tradeOf(1_600, 2, 101, 1)]
    const { bars, builder } = buildBars('tick:1', [...events, tradeOf(1_499, 2, 101, 1), tradeOf(1_700, 3, 102, 1)])
    expect(builder.lateTrades).toBe(1)
    expect(bars.map(({ close }) => Math.round(close * 10))).toEqual([100, 101, 101, 102])
    expect(spansOf(bars).map(([, endAt]) => endAt)).toEqual([1_500, 1_501, 1_600, 1_700])
  })

  test('watermarks close nothing without max=; with it the first one that finds the bar old enough, quiet or not', () => {
    const events = [book, tradeOf(1_100, 1, 100, 1), watermarkOf(2_999), watermarkOf(3_000), watermarkOf(60_000)]
    expect(buildBars('tick:9', events).bars).toEqual([])
    const { bars, closedBy } = buildBars('tick:9:max=2s', events)
    expect(closedBy).toEqual([3, 4])
    expect(spansOf(bars)).toEqual([
      [1_000, 3_000],
      [3_000, 60_000],
    ])
    expect(bars.map(({ tradeCount, close, weighedMs }) => [tradeCount, close, weighedMs])).toEqual([
      [1, 10, 2_000],
      [0, 10, 57_000],
    ])
    expect(buildBars('tick:9:max=2s', [watermarkOf(9_000)]).bars).toEqual([])
  })
})

describe('book, marks and taints', () => {
  test('the book is weighed over the time of the bar and shown as it stands at the close', () => {
    const { bars } = buildBars('tick:1', [
      book,
      deltaOf(1_250, [9, 10, 11], [[101, 4_000]], []),
      tradeOf(2_000, 1, 100, 1),
      deltaOf(2_500, [11, 12, 12], [[101, 0]], []),
      tradeOf(3_000, 2, 100, 1),
    ])
    expect(bars[0]).toMatchObject({ spreadTicksMean: 1.25, bidTicks: 101, bookUpdateCount: 1, weighedMs: 1_000 })
    expect(bars[0]!.ofi.slice(0, 3)).toEqual([4, 1, 0])
    expect(bars[1]).toMatchObject({ spreadTicksMean: 1.5, bidTicks: 100, bookUpdateCount: 1 })
    expect(bars[1]!.ofi.slice(0, 3)).toEqual([-4, -1, 0])
  })

  test('a bar shows the mark that was known at its close', () => {
    const { bars } = buildBars('tick:1', [
      tradeOf(1_000, 1, 100, 1),
      markOf(1_100, 7),
      tradeOf(1_200, 2, 100, 1),
      { ...markOf(1_300, Number.NaN), openInterest: 5 },
      tradeOf(1_400, 3, 100, 1),
    ])
    expect(bars.map(({ markPrice, openInterest }) => [markPrice, openInterest])).toEqual([
      [Number.NaN, Number.NaN],
      [7, Number.NaN],
      [7, 5],
    ])
  })

  test('without a book yet: partial; with its loss: gap, until it is back for a whole bar', () => {
    const again = snapshotOf(1_450, 20, [[100, 1]], [[102, 1]])
    const trade = (at: number) => tradeOf(at, at, 100, 1)
    const lost = [gapOf(1_250, 'sequence'), trade(1_300), trade(1_300), trade(1_400), again, trade(1_500), trade(1_600)]
    const { bars } = buildBars('tick:1', [trade(900), book, trade(1_100), trade(1_200), ...lost])
    expect(taintsOf(bars)).toEqual(['unsynced+partial', 'partial', '', 'gap+unsynced', 'gap+unsynced', 'gap', ''])
  })

  test('missing trades taint the open bar and leave the book as it is', () => {
    const events = [book, gapOf(1_050, 'trades'), tradeOf(1_100, 1, 100, 1), tradeOf(1_200, 2, 100, 1)]
    const { bars } = buildBars('tick:1', events)
    expect(taintsOf(bars)).toEqual(['gap', ''])
    expect(bars[1]).toMatchObject({ bidTicks: 100, weighedMs: 100 })
  })

  test('a disconnect is a gap', () => {
    const { bars } = buildBars('tick:1', [book, connectionOf(1_050, 'down'), tradeOf(1_100, 1, 100, 1)])
    expect(taintsOf(bars)).toEqual(['gap+unsynced'])
  })

  test('a mad time moves no clock and taints; two of them are believed', () => {
    const leap = 1_000 + CLOCK_LEAP_MS_MAX
    const ends = (...times: number[]) => {
      const { bars } = buildBars('tick:1', [book, ...times.map((at, nth) => tradeOf(at, nth, 100, 1))])
      return bars.map(({ endAt, taints }) => [endAt, taints.join()])
    }
    expect(ends(leap)).toEqual([[leap, '']])
    expect(ends(leap + 1, 1_200)).toEqual([
      [1_001, 'gap'],
      [1_200, ''],
    ])
    expect(ends(9e12, 9e12 + 5)).toEqual([
      [1_001, 'gap'],
      [9e12 + 5, ''],
    ])
    expect(ends(9e12, 1_100, 7e12, 1_200).at(-1)).toEqual([1_200, ''])
  })
})

const TEXTS = [
  'tick:1',
  'tick:7',
  'volume:0.15',
  'dollar:20',
  'imbalance:tick:10',
  'imbalance:dollar:10',
  'tick:7:max=1s',
]

/** Trades by the bar that holds them; the rest stands last. */
function partition(text: string, events: readonly MarketEvent[], instrument: Instrument) {
  const { bars, closedBy } = buildBars(text, events, { instrument })
  const runs = bars.map((_, nth) => tradesOf(events.slice((closedBy[nth - 1] ?? -1) + 1, closedBy[nth]! + 1)))
  return { bars, closedBy, runs, rest: tradesOf(events.slice((closedBy.at(-1) ?? -1) + 1)) }
}
const tradesOf = (events: readonly MarketEvent[]): TradeEvent[] => events.filter((each) => each.kind === 'trade')
const sum = (trades: readonly TradeEvent[], of: (trade: TradeEvent) => number): number =>
  trades.reduce((total, each) => total + of(each), 0)

describe.each(TEXTS)('%s over any market', (text) => {
  test.each([
    ['linear', BTCUSDT],
    ['inverse', BTCUSD_PERP],
  ])('%s: the bars part the trades in order, each with the figures of its own', (_name, instrument) => {
    const units = converter(instrument)
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(0, 0.02), (seed, gaps) => {
        const events = randomMarket(seed, { count: 300, gaps })
        const { bars, runs } = partition(text, events, instrument)
        for (const [nth, bar] of bars.entries()) {
          const trades = runs[nth]!
          const volume = (side: string) => sum(trades, (each) => (each.side === side ? each.size : 0))
          expect(bar.tradeCount).toBe(trades.length)
          expect([bar.buyVolume, bar.sellVolume]).toEqual([
            units.quantity(volume('buy')),
            units.quantity(volume('sell')),
          ])
          expect(bar.quoteVolume).toBeCloseTo(
            sum(trades, ({ price, size }) => units.notional(price, size)),
            6,
          )
          expect(bar.endAt).toBeGreaterThan(bar.startAt)
          if (nth > 0) expect(bar.startAt).toBe(bars[nth - 1]!.endAt)
          if (trades.length === 0) continue
          const prices = trades.map(({ price }) => units.price(price))
          const { open, high, low, close } = bar
          expect([open, high, low, close]).toEqual([prices[0], Math.max(...prices), Math.min(...prices), prices.at(-1)])
        }
      }),
      { numRuns: 6 },
    )
  })

  test('flow and depth over all bars equal those of one bar over the same time', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const events = randomMarket(seed, { count: 300 })
        const { bars, closedBy } = partition(text, events, BTCUSDT)
        if (bars.length === 0) return
        const until = events.slice(0, closedBy.at(-1)! + 1)
        const all = tradesOf(until).length
        const [one] = buildBars(`tick:${all}`, until).bars
        // The bar of all trades ends with the last of them, unless time closed the last bar.
        if (!one || until.at(-1)!.kind !== 'trade') return
        for (let level = 0; level < 10; level += 1) {
          expect(bars.reduce((total, { ofi }) => total + ofi[level]!, 0)).toBeCloseTo(one.ofi[level]!, 9)
        }
        expect(bars.reduce((total, { bookUpdateCount }) => total + bookUpdateCount, 0)).toBe(one.bookUpdateCount)
        const liquidations = ({ liquidationBuyVolume, liquidationSellVolume }: Bar) =>
          liquidationBuyVolume + 1_000 * liquidationSellVolume
        expect(bars.reduce((total, bar) => total + liquidations(bar), 0)).toBeCloseTo(liquidations(one), 9)
        // A bar of no duration counts as one millisecond.
        if (bars.some(({ startAt, endAt }) => endAt === startAt + 1)) return
        expect(bars.reduce((total, { weighedMs }) => total + weighedMs, 0)).toBe(one.weighedMs)
        const weighted = (of: (bar: Bar) => number) =>
          bars.reduce((total, bar) => total + (bar.weighedMs ? of(bar) * bar.weighedMs : 0), 0)
        expect(weighted((bar) => bar.spreadTicksMean) / one.weighedMs).toBeCloseTo(one.spreadTicksMean, 9)
        expect(weighted((bar) => bar.askDepths[9]!) / one.weighedMs).toBeCloseTo(one.askDepths[9]!, 9)
      }),
      { numRuns: 8 },
    )
  })
})

test.each([
  ['tick:7', (trades: readonly TradeEvent[]) => trades.length >= 7],
  ['volume:0.15', (trades: readonly TradeEvent[]) => sum(trades, ({ size }) => size) >= 150],
  ['dollar:20', (trades: readonly TradeEvent[]) => sum(trades, ({ price, size }) => price * size) >= 200_000],
])('%s: every bar crosses its threshold with its last trade, and the rest does not', (text, isFull) => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const { runs, rest } = partition(text, randomMarket(seed, { count: 300 }), BTCUSDT)
      expect(runs.every((trades) => isFull(trades) && !isFull(trades.slice(0, -1)))).toBe(true)
      expect(isFull(rest)).toBe(false)
    }),
    { numRuns: 15 },
  )
})

describe('imbalance bars', () => {
  /** López de Prado's rule with our bounds, from the sums over whole lists: index past the last trade of each bar. */
  function bruteForce(trades: readonly TradeEvent[], guess: number, weigh: (trade: TradeEvent) => number): number[] {
    const keep = 1 - 2 / (20 * guess + 1)
    const ends: number[] = []
    let expected = guess
    for (let from = 0, at = 1; at <= trades.length; at += 1) {
      const past = trades.slice(0, from)
      const average = (of: (trade: TradeEvent) => number) => {
        const decays = past.map((_, nth) => keep ** (past.length - 1 - nth))
        return past.reduce((total, each, nth) => total + of(each) * decays[nth]!, 0) / decays.reduce((a, b) => a + b, 0)
      }
      const signed = (trade: TradeEvent) => (trade.side === 'buy' ? 1 : -1) * weigh(trade)
      const bar = trades.slice(from, at)
      const threshold = expected * Math.max(Math.abs(average(signed)), average(weigh) / Math.sqrt(expected))
      const isFull =
        from === 0
          ? bar.length === guess
          : Math.abs(sum(bar, signed)) >= threshold * (1 - 1e-9) || bar.length === TICKS_FACTOR_MAX * guess
      if (!isFull) continue
      const next = expected + (2 / 21) * (bar.length - expected)
      expected = Math.min(Math.max(next, guess / EXPECTED_TICKS_FACTOR), guess * EXPECTED_TICKS_FACTOR)
      ends.push(at)
      from = at
    }
    return ends
  }

  const draw = fc.record({
    buy: fc.boolean(),
    size: fc.integer({ min: 1, max: 30 }),
    price: fc.integer({ min: 90, max: 110 }),
  })
  const tradesFrom = (drawn: readonly { buy: boolean; size: number; price: number }[]) =>
    drawn.map(({ buy, size, price }, nth) => tradeOf(1_000 + nth, nth, price, size, buy ? 'buy' : 'sell'))

  test.each([
    ['tick', () => 1],
    ['volume', ({ size }: TradeEvent) => size],
    ['dollar', ({ price, size }: TradeEvent) => price * size],
  ] as const)('of %s: equal the published rule by brute force, bounds included', (of, weigh) => {
    fc.assert(
      fc.property(fc.array(draw, { minLength: 40, maxLength: 160 }), (drawn) => {
        const trades = tradesFrom(drawn)
        const ends = buildBars(`imbalance:${of}:10`, trades).closedBy.map((index) => index + 1)
        expect(ends).toEqual(bruteForce(trades, 10, weigh))
      }),
      { numRuns: 15 },
    )
  })

  const lengths = (sides: readonly ('buy' | 'sell')[], text = 'imbalance:tick:20') => {
    const { bars } = buildBars(
      text,
      sides.map((side, nth) => tradeOf(1_000 + nth, nth, 100, 1, side)),
    )
    return bars.map(({ tradeCount }) => tradeCount)
  }

  test('only buyers: each bar is as long as the one before, neither running away nor collapsing', () => {
    expect(new Set(lengths(Array.from({ length: 1_000 }, () => 'buy')))).toEqual(new Set([20]))
  })

  test('sides in turn: no bar is longer than ten times the first guess, none is a single trade', () => {
    const alternating = Array.from({ length: 4_000 }, (_, nth) => (nth % 2 === 0 ? 'buy' : 'sell'))
    const counts = lengths(alternating)
    expect(Math.max(...counts)).toBe(200)
    expect(Math.min(...counts)).toBe(20)
  })

  test('a market that turns from one-sided to balanced and back recovers', () => {
    const one = Array.from({ length: 800 }, () => 'buy' as const)
    const both = Array.from({ length: 8_000 }, (_, nth) =>
      (nth * 7_919) % 13 < 6 ? ('buy' as const) : ('sell' as const),
    )
    const counts = lengths([...one, ...both, ...one, ...both])
    expect(Math.max(...counts)).toBeLessThanOrEqual(200)
    expect(Math.min(...counts)).toBeGreaterThan(3)
    expect(counts.length).toBeGreaterThan(150)
  })

  test('a bar that time cut short does not shorten the expectation', () => {
    const trades = Array.from({ length: 100 }, (_, nth) => tradeOf(1_000 + nth, nth, 100, 1))
    const cut = [...trades, tradeOf(1_200, 200, 100, 1), watermarkOf(9_000)]
    const later = Array.from({ length: 100 }, (_, nth) => tradeOf(9_100 + nth, 300 + nth, 100, 1))
    const { bars } = buildBars('imbalance:tick:100:max=5s', [...cut, ...later])
    expect(bars.map(({ tradeCount }) => tradeCount)).toEqual([100, 1, 100])
  })
})
