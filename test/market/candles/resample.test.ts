import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import type { Candle, CandleSeries } from '../../../src/market/candles/candle.ts'
import { resample } from '../../../src/market/candles/resample.ts'
import { allCandles } from '../../support/all-candles.ts'
import { MINUTE, START } from './tables.ts'

const candle = (n: number, startAt = START): Candle => ({
  startAt: (startAt + n * MINUTE) as EpochMs,
  ...{ open: 100 + n, high: 110 + n, low: 90 + (n % 3), close: 101 + n },
  ...{ volume: 1, quoteVolume: 2, tradeCount: 3, takerBuyVolume: 0.5 },
})
const series = (candles: readonly Candle[], more: Partial<CandleSeries> = {}): CandleSeries => ({
  ...{
    symbol: 'BTC/USDT:USDT',
    barMs: MINUTE,
    candles,
    funding: [{ at: START as EpochMs, rate: 1e-4 }],
    dataHash: 'ab',
  },
  repairs: { gapsFilled: 0, duplicatesDropped: 0, unsortedReordered: 0, nonFiniteDropped: 0 },
  ...more,
})
const minutes = (count: number, startAt = START) => Array.from({ length: count }, (_, n) => candle(n, startAt))

test('five minutes make one, half ones at the ends none', () => {
  const { candles, barMs, funding } = resample(series(minutes(17, START - 2 * MINUTE)), 5 * MINUTE)
  expect(barMs).toBe(5 * MINUTE)
  expect(funding).toHaveLength(1)
  expect(allCandles(candles)).toEqual([
    {
      startAt: START,
      ...{ open: 102, high: 116, low: 90, close: 107 },
      ...{ volume: 5, quoteVolume: 10, tradeCount: 15, takerBuyVolume: 2.5 },
    },
    expect.objectContaining({ startAt: START + 5 * MINUTE, open: 107, close: 112 }),
    expect.objectContaining({ startAt: START + 10 * MINUTE, open: 112, close: 117 }),
  ])
})

test('the mark is that of its end, and one filled candle taints it', () => {
  const markCloses = Float64Array.from({ length: 10 }, (_, n) => n)
  const made = resample(series(minutes(10), { markCloses, filled: Int32Array.of(7, 8) }), 5 * MINUTE)
  expect([...made.markCloses!]).toEqual([4, 9])
  expect([...made.filled!]).toEqual([1])
})

test('figures that the file has not stay absent', () => {
  const bare = minutes(5).map((one) => ({ ...one, quoteVolume: Number.NaN }))
  expect(resample(series(bare), 5 * MINUTE).candles.at(0)).toMatchObject({ quoteVolume: Number.NaN, volume: 5 })
})

test('the same timeframe is the same series', () => {
  const same = series(minutes(3))
  expect(resample(same, MINUTE)).toBe(same)
})

test.each([
  ['no multiple', 90_000, 'BTC/USDT:USDT: candles of 60000 ms cannot make candles of 90000 ms: no whole multiple'],
  ['a finer one', 30_000, 'no whole multiple'],
  ['too few candles', 60 * MINUTE, 'there are too few of them'],
])('%s is refused', (_name, barMs, message) => {
  expect(() => resample(series(minutes(12)), barMs)).toThrow(InputError)
  expect(() => resample(series(minutes(12)), barMs)).toThrow(message)
})

test('property: in two steps as in one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 30, max: 200 }), fc.integer({ min: 0, max: 14 }), (count, ahead) => {
      const fine = series(minutes(count, START - ahead * MINUTE), { filled: Int32Array.of(count >> 1) })
      const [once, twice] = [resample(fine, 15 * MINUTE), resample(resample(fine, 5 * MINUTE), 15 * MINUTE)]
      expect(twice).toEqual(once)
    }),
  )
})
