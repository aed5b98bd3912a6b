import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { converter } from '../../src/core/instrument.ts'
import type { ExternalEvent, LiquidationEvent, MarketEvent } from '../../src/core/market-event.ts'
import type { EpochMs, Lots, Side, Ticks } from '../../src/core/units.ts'
import { type Bar, BOOK_LEVELS } from '../../src/market/bar.ts'
import { EXTERNAL_SERIES_MAX } from '../../src/market/carried.ts'
import { PathSignature, signatureIndex } from '../../src/market/signature.ts'
import { buildBars } from './build-bars.ts'
import { deltaOf, gapOf, markOf, snapshotOf, tradeOf, watermarkOf } from './events.ts'
import { BTCUSD_PERP, BTCUSDT } from './instruments.ts'
import { randomMarket } from './random-market.ts'

const stamp = (at: number) => ({ symbol: 'BTC/USDT:USDT', exchangeTime: at as EpochMs, receivedAt: at as EpochMs })
const liquidationOf = (at: number, side: Side, size: number): LiquidationEvent => ({
  ...stamp(at),
  kind: 'liquidation',
  side,
  price: 100 as Ticks,
  size: size as Lots,
})
const externalOf = (at: number, series: string, value: number): ExternalEvent => ({
  ...stamp(at),
  kind: 'external',
  series,
  value,
  observedAt: (at - 7) as EpochMs,
})

const book = snapshotOf(1_000, 10, [[100, 1_000]], [[102, 3_000]])
const barsOf = (events: readonly MarketEvent[]): readonly Bar[] => buildBars('1s', [book, ...events]).bars
const tenOf = (first: readonly number[], rest: number): number[] =>
  Array.from({ length: BOOK_LEVELS }, (_, level) => first[level] ?? rest)

describe('levels', () => {
  const deep = [deltaOf(1_250, [9, 10, 11], [[99, 500]], [[103, 2_000]]), watermarkOf(2_000)]

  test('each has its own time-weighted size; one that is not there counts as none', () => {
    const [bar] = barsOf(deep)
    expect(bar!.bidDepths).toEqual(tenOf([1, 0.75 * 0.5], 0))
    expect(bar!.askDepths).toEqual(tenOf([3, 0.75 * 2], 0))
    expect(bar!.weighedMs).toBe(1_000)
  })

  test('at the close: prices and sizes, NaN and 0 where there is no level', () => {
    const [bar] = barsOf(deep)
    expect(bar!.bidPriceTicks).toEqual(tenOf([100, 99], Number.NaN))
    expect(bar!.askPriceTicks).toEqual(tenOf([102, 103], Number.NaN))
    expect(bar!.bidSizes).toEqual(tenOf([1, 0.5], 0))
    expect(bar!.askSizes).toEqual(tenOf([3, 2], 0))
  })

  test('a void book has none of them', () => {
    const [bar] = barsOf([gapOf(1_500), watermarkOf(2_000)])
    for (const levels of [bar!.bidPriceTicks, bar!.askPriceTicks, bar!.bidSizes, bar!.askSizes]) {
      expect(levels).toEqual(tenOf([], Number.NaN))
    }
  })

  test('any market: the best level and the sum of five are the figures of old', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        for (const bar of buildBars('1s', randomMarket(seed, { count: 120, gaps: 0.01 })).bars) {
          expect([bar.bidDepths[0], bar.askDepths[0]]).toEqual([bar.bidDepthMean, bar.askDepthMean])
          expect([bar.bidPriceTicks[0], bar.askSizes[0]]).toEqual([bar.bidTicks, bar.askSize])
          if (bar.weighedMs === 0) continue
          const five = bar.askDepths.slice(0, 5).reduce((total, depth) => total + depth, 0)
          expect(five).toBeCloseTo(bar.askDepthLevelsMean, 9)
        }
      }),
      { numRuns: 20 },
    )
  })
})

describe('trades', () => {
  const trades = [tradeOf(1_100, 1, 100, 5), tradeOf(1_200, 2, 104, 3, 'sell'), tradeOf(1_300, 3, 102, 2, 'sell')]

  test('are counted by side and valued', () => {
    const [bar] = barsOf([...trades, watermarkOf(2_000)])
    expect(bar).toMatchObject({ tradeCount: 3, buyCount: 1, sellCount: 2 })
    expect(bar!.quoteVolume).toBeCloseTo(10 * 0.005 + 10.4 * 0.003 + 10.2 * 0.002, 12)
  })

  test('of inverse contracts are worth their contracts, whatever the price', () => {
    const { bars } = buildBars('1s', [book, ...trades, watermarkOf(2_000)], { instrument: BTCUSD_PERP })
    expect(bars[0]!.quoteVolume).toBe(10 * 100)
  })

  test('that are missing taint every bar they may be missing from, and leave the book as it is', () => {
    const bars = barsOf([
      tradeOf(1_100, 1, 100, 5),
      gapOf(2_100, 'trades'),
      tradeOf(2_100, 9, 100, 1),
      watermarkOf(4_000),
    ])
    expect(bars.map(({ taints, bidTicks }) => [taints.join(), bidTicks])).toEqual([
      ['gap', 100],
      ['gap', 100],
      ['', 100],
    ])
  })
})

describe('liquidations', () => {
  test('add up by side, each in the bar of its time; one that comes late counts in the oldest open bar', () => {
    const bars = barsOf([
      liquidationOf(1_100, 'buy', 3),
      liquidationOf(2_100, 'sell', 4),
      liquidationOf(1_200, 'sell', 5),
      watermarkOf(2_000),
      liquidationOf(1_900, 'buy', 7),
      liquidationOf(9e12, 'buy', 1),
      watermarkOf(3_000),
    ])
    expect(bars.map((bar) => [bar.liquidationBuyVolume, bar.liquidationSellVolume])).toEqual([
      [0.003, 0.005],
      [0.008, 0.004],
    ])
  })

  test('before any book or trade there is no bar for them', () => {
    expect(buildBars('1s', [liquidationOf(1_100, 'buy', 3), watermarkOf(2_000)]).bars).toEqual([])
  })
})

test('marks: each value stays until a new one comes; NaN and absent ones say nothing', () => {
  const first = { ...markOf(1_100, 100), indexPrice: 99, nextFundingAt: 5_000 as EpochMs, openInterest: 7 }
  const blank = {
    ...markOf(2_100, Number.NaN),
    indexPrice: 98,
    fundingRate: Number.NaN,
    nextFundingAt: Number.NaN as EpochMs,
  }
  const bars = barsOf([watermarkOf(2_000), first, { ...blank, exchangeTime: 2_100 as EpochMs }, watermarkOf(4_000)])
  expect(
    bars.map((bar) => [bar.markPrice, bar.indexPrice, bar.fundingRate, bar.nextFundingAt, bar.openInterest]),
  ).toEqual([tenOf([], Number.NaN).slice(0, 5), [100, 98, 0.0001, 5_000, 7], [100, 98, 0.0001, 5_000, 7]])
})

describe('values from outside the exchange', () => {
  test('stand in a bar when they came before its close, whatever their clock says; a bar of before keeps its own', () => {
    const bars = barsOf([
      watermarkOf(2_000),
      externalOf(9_999_999, 'greed', 40),
      watermarkOf(3_000),
      externalOf(1, '__proto__', 1),
      externalOf(2, 'greed', 50),
      watermarkOf(4_000),
    ])
    expect(bars[0]).not.toHaveProperty('externals')
    expect(bars[1]!.externals).toEqual({ greed: { value: 40, observedAt: 9_999_992 } })
    expect(Object.entries(bars[2]!.externals!)).toEqual([
      ['__proto__', { value: 1, observedAt: -6 }],
      ['greed', { value: 50, observedAt: -5 }],
    ])
  })

  test('a bounded number of series: the one renewed longest ago goes', () => {
    const events = Array.from({ length: EXTERNAL_SERIES_MAX }, (_, nth) => externalOf(1_000, `s${nth}`, nth))
    const [bar] = barsOf([...events, externalOf(1_000, 's0', -1), externalOf(1_000, 'more', 5), watermarkOf(2_000)])
    const names = Object.keys(bar!.externals!)
    expect([names.length, names[0], names.at(-2), names.at(-1)]).toEqual([EXTERNAL_SERIES_MAX, 's2', 's0', 'more'])
  })
})

describe('signature', () => {
  test('absent unless asked for', () => {
    const events = [book, tradeOf(1_100, 1, 100, 5), watermarkOf(2_000)]
    expect(buildBars('1s', events).bars[0]).not.toHaveProperty('signature')
    expect(buildBars('1s', events, { signature: true }).bars[0]!.signature).toHaveLength(84)
  })

  test('is that of the path: waits and jumps of mid, best-level flow and signed volume', () => {
    const events = [
      deltaOf(1_250, [9, 10, 11], [[101, 4_000]], []),
      tradeOf(1_500, 1, 102, 300, 'sell'),
      // Stamped before the last event: no time goes by.
      deltaOf(1_400, [11, 12, 12], [], [[102, 2_000]]),
      tradeOf(1_750, 2, 102, 100),
      watermarkOf(2_000),
    ]
    const [bar] = buildBars('1s', [book, ...events], { signature: true }).bars
    const path = new PathSignature()
    path.extend(0.25, 0, 0, 0)
    path.extend(0, Math.log(101.5 / 101), 4, 0)
    path.extend(0.25, 0, 0, 0)
    path.extend(0, 0, 0, -0.3)
    path.extend(0, 0, 1, 0)
    path.extend(0.25, 0, 0, 0)
    path.extend(0, 0, 0, 0.1)
    path.extend(0.25, 0, 0, 0)
    for (const [term, value] of bar!.signature!.entries()) expect(value).toBeCloseTo(path.terms[term]!, 12)
  })

  test.each(['1s', 'tick:20'])('its first terms are what the bar of %s says', (text) => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(0, 0.02), (seed, gaps) => {
        const { bars } = buildBars(text, randomMarket(seed, { count: 200, gaps }), { signature: true })
        for (const [nth, bar] of bars.entries()) {
          const [seconds, , ofi, volume] = bar.signature!
          // A path needs both sides of the book, flow does not.
          if (bar.taints.length === 0) expect(ofi).toBeCloseTo(bar.ofi[0]!, 9)
          expect(volume).toBeCloseTo(bar.buyVolume - bar.sellVolume, 9)
          expect(seconds).toBeCloseTo((bar.endAt - bar.startAt) / 1_000, 9)
          expect(bar.signature![signatureIndex([0, 0])]).toBeCloseTo(seconds! ** 2 / 2, 9)
          const before = bars[nth - 1]
          if (gaps > 0 || !before || [before, bar].some(({ taints }) => taints.length > 0)) continue
          const mid = (each: Bar) => each.bidTicks + each.askTicks
          expect(bar.signature![1]).toBeCloseTo(Math.log(mid(bar) / mid(before)), 9)
        }
      }),
      { numRuns: 15 },
    )
  })
})

test('units of contracts that are not one base unit', () => {
  const instrument = { ...BTCUSDT, lotSize: '1', contractSize: '0.01' }
  const events = [book, tradeOf(1_100, 1, 100, 5), liquidationOf(1_100, 'sell', 2), watermarkOf(2_000)]
  const [bar] = buildBars('1s', events, { instrument, signature: true }).bars
  expect(bar).toMatchObject({ buyVolume: 0.05, liquidationSellVolume: 0.02, bidSize: 10 })
  expect(bar!.quoteVolume).toBeCloseTo(0.5, 12)
  expect(bar!.signature![3]).toBeCloseTo(0.05, 12)
  expect(converter(instrument).quantity(1)).toBe(0.01)
})
