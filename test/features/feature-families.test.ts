import { describe, expect, test } from 'vitest'
import { converter } from '../../src/core/instrument.ts'
import { featureEngine } from '../../src/features/feature-engine.ts'
import { FEATURE_FAMILIES } from '../../src/features/feature-families.ts'
import { defaultFeatureSettings, featureSchema } from '../../src/features/feature-schema.ts'
import type { FeatureSettings, IndicatorSettings } from '../../src/features/feature-settings.ts'
import type { Bar } from '../../src/market/bar.ts'
import { BTCUSDT } from '../market/instruments.ts'
import { barOf } from './bars.ts'
import { BTC, fullSettings, movingBars } from './full-settings.ts'

const bars = movingBars(BTC, 3, 40)
const last = bars.at(-1)!
const midOf = ({ bidTicks, askTicks }: Bar) => (0.1 * (bidTicks + askTicks)) / 2
const back = (count: number) => bars.slice(-count)
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]) => sum(values) / values.length

function valuesOf(settings: Partial<FeatureSettings>, all: readonly Bar[] = bars) {
  const schema = featureSchema({ ...defaultFeatureSettings(1_000), ...settings })
  const engine = featureEngine({ schema, converters: [converter(BTCUSDT)], steps: 1 })
  const windows = all.map((bar) => engine.step([bar])[0]!)
  return (name: string, at = -1) => windows.at(at)!.row.values[schema.names.indexOf(name)]
}

const moves = (count: number) =>
  Array.from({ length: count }, (_, ago) => 1e4 * Math.log(midOf(bars.at(-1 - ago)!) / midOf(bars.at(-2 - ago)!)))
const best = ({ bidDepthMean, askDepthMean }: Bar) => (bidDepthMean + askDepthMean) / 2
const fade = (bar: Bar) => 2 ** (-(last.endAt - bar.endAt) / 2_000)
const integrated = (bar: Bar, weights: readonly number[]) => {
  const queue = mean(weights.map((_, level) => (bar.bidDepths[level]! + bar.askDepths[level]!) / 2))
  return sum(weights.map((weight, level) => (weight * bar.ofi[level]!) / queue))
}
const slopeOf = (prices: readonly number[], sizes: readonly number[]) => {
  const bps = (ticks: number) => Math.abs((1e4 * (ticks * 0.1 - midOf(last))) / midOf(last))
  const within = prices.map((_, level) => sum(sizes.slice(0, level + 1)) / mean(sizes))
  return sum(prices.map((ticks, level) => bps(ticks) * within[level]!)) / sum(prices.map((ticks) => bps(ticks) ** 2))
}
const kyle = () => {
  const flows = back(5)
    .toReversed()
    .map((bar) => bar.buyVolume - bar.sellVolume)
  const volume = mean(back(5).map((bar) => bar.buyVolume + bar.sellVolume))
  const x = flows.map((flow) => flow / volume)
  const y = moves(5)
  return (
    sum(x.map((value, at) => (value - mean(x)) * (y[at]! - mean(y)))) / sum(x.map((value) => (value - mean(x)) ** 2))
  )
}

describe('formulas, from scratch', () => {
  test.each<[string, IndicatorSettings, string, () => number]>([
    [
      'level 9',
      { name: 'ofi_level', levels: 9 },
      'ofi_level_9',
      () => last.ofi[8]! / ((last.bidDepthLevelsMean + last.askDepthLevelsMean) / 10),
    ],
    [
      'fading flow',
      { name: 'ofi_decayed', halfLivesMs: [2_000] },
      'ofi_decayed_2000ms',
      () =>
        sum(bars.map((bar) => fade(bar) * bar.ofi[0]!)) /
        (sum(bars.map((bar) => fade(bar) * best(bar))) / sum(bars.map(fade))),
    ],
    [
      'integrated, equal weights',
      { name: 'ofi_integrated', periods: [1], levels: 4 },
      'ofi_integrated_1',
      () => integrated(last, Array<number>(4).fill(0.25)),
    ],
    [
      'integrated, fitted weights',
      { name: 'ofi_integrated', periods: [3], weights: [0.7, 0.3] },
      'ofi_integrated_3',
      () => sum(back(3).map((bar) => integrated(bar, [0.7, 0.3]))),
    ],
    [
      'slope of the bid side',
      { name: 'depth_slope', levels: 6 },
      'depth_slope_bid',
      () => slopeOf(last.bidPriceTicks.slice(0, 6), last.bidSizes.slice(0, 6)),
    ],
    [
      'slope of the ask side',
      { name: 'depth_slope' },
      'depth_slope_ask',
      () => slopeOf(last.askPriceTicks, last.askSizes),
    ],
    ["Kyle's lambda", { name: 'kyle_lambda', periods: [5] }, 'kyle_lambda_5', kyle],
    ['funding', { name: 'funding_rate' }, 'funding_rate', () => 1e4 * last.fundingRate],
    [
      'time to funding',
      { name: 'minutes_to_funding' },
      'minutes_to_funding',
      () => (last.nextFundingAt - last.endAt) / 60_000,
    ],
    ['basis', { name: 'basis' }, 'basis', () => 1e4 * (last.markPrice / last.indexPrice - 1)],
    ['premium', { name: 'premium' }, 'premium', () => 1e4 * (midOf(last) / last.indexPrice - 1)],
    [
      'open interest',
      { name: 'open_interest', periods: [4] },
      'open_interest_4',
      () => 1e4 * Math.log(last.openInterest / bars.at(-5)!.openInterest),
    ],
    [
      'moving average',
      { name: 'sma', periods: [6] },
      'sma_6',
      () => 1e4 * (mean(back(6).map(({ close }) => close)) / last.close - 1),
    ],
    [
      'Parkinson',
      { name: 'parkinson', periods: [3] },
      'parkinson_3',
      () => 1e4 * Math.sqrt(mean(back(3).map(({ high, low }) => Math.log(high / low) ** 2)) / (4 * Math.LN2)),
    ],
    [
      'HAR',
      { name: 'har', periods: [1, 2, 4] },
      'har_4',
      () =>
        1e4 *
        mean(
          back(4).map(({ open, high, low, close }) =>
            Math.sqrt(Math.log(high / low) ** 2 / 2 - (2 * Math.LN2 - 1) * Math.log(close / open) ** 2),
          ),
        ),
    ],
  ])('%s', (_name, entry, column, expected) => {
    expect(valuesOf({ indicators: [entry] })(column)! / expected()).toBeCloseTo(1, 5)
  })

  test('VPIN of one-sided buckets is 1, of balanced ones 0', () => {
    const flow = (buyVolume: number, sellVolume: number) =>
      Array.from({ length: 20 }, (_, at) => barOf(at + 1, { buyVolume, sellVolume, quoteVolume: 100 }))
    const settings = { indicators: [{ name: 'vpin', periods: [3], bucketQuote: 250 }] }
    expect(valuesOf(settings, flow(4, 0))('vpin_3')).toBe(1)
    expect(valuesOf(settings, flow(2, 2))('vpin_3')).toBe(0)
  })
})

describe('a value that the venue has not told', () => {
  test.each([
    ['funding_rate', { fundingRate: Number.NaN }],
    ['open_interest', { openInterest: Number.NaN }],
    ['basis', { indexPrice: Number.NaN }],
  ])('%s makes the row not ready, and no other feature forgets', (name, unknown) => {
    const family = FEATURE_FAMILIES.find((each) => each.name === name)!
    const indicators = [
      { name, ...(family.required.length > 0 && { periods: [1] }) },
      { name: 'ema', periods: [4] },
    ]
    const holed = bars.map((bar, at) => (at === 30 ? { ...bar, ...unknown } : bar))
    const schema = featureSchema({ ...defaultFeatureSettings(1_000), indicators })
    const engine = featureEngine({ schema, converters: [converter(BTCUSDT)], steps: 1 })
    const ready = holed.map((bar) => engine.step([bar])[0]!.ready)
    expect([ready[29], ready[30], ready[33]]).toEqual([true, false, true])
  })
})

describe('external series', () => {
  const at = (nth: number, observedAt: number, value: number) =>
    barOf(nth, { externals: { fear: { value, observedAt: observedAt } } })
  const plain = Array.from({ length: 7 }, (_, nth) => at(nth + 1, (nth + 1) * 1_000, 10 * (nth + 1)))
  const fear = (more: object) => ({ series: 'fear', staleMsMax: 2_000, transform: 'level' as const, ...more })

  test('level, log and change of the last value', () => {
    const of = (transform: 'level' | 'log' | 'change') => valuesOf({ externals: [fear({ transform })] }, plain)
    expect(of('level')('external_fear')).toBe(70)
    expect(of('log')('external_fear_log')).toBeCloseTo(Math.log(70), 5)
    expect(of('change')('external_fear_change')).toBe(10)
  })

  const aged = (ageMs: number) => [...plain, at(8, 8_000 - ageMs, 99)]
  test.each([
    ['as old as allowed', aged(2_000), {}, 99],
    ['a millisecond older', aged(2_001), {}, Number.NaN],
    ['older, with a value to stand for it', aged(2_001), { missingValue: -1 }, -1],
    ['none at all', [...plain, barOf(8)], { missingValue: -1 }, -1],
  ])('%s', (_name, all, more, expected) => {
    expect(valuesOf({ externals: [fear(more)] }, all)('external_fear')).toBe(expected)
  })

  test('carry holds the last value for as many bars, masked from the first', () => {
    const all = [...plain, ...[8, 9, 10].map((nth) => at(nth, 7_000, 70)), ...[11, 12].map((nth) => at(nth, 7_000, 70))]
    const missing = { rule: 'carry' as const, barsMax: 2, mask: true }
    const of = valuesOf({ externals: [fear({})], missing }, all)
    expect([-5, -4, -3, -2, -1].map((place) => of('external_fear', place))).toEqual([70, 70, 70, 70, Number.NaN])
    expect([-5, -4, -3, -2, -1].map((place) => of('external_fear_missing', place))).toEqual([0, 0, 1, 1, 1])
  })

  test('a run that ends forgets nothing of it', () => {
    const all = [
      ...plain.slice(0, 3),
      barOf(4, { taints: ['gap'] }),
      ...[5, 6, 7, 8, 9].map((nth) => at(nth, 3_500, 31)),
    ]
    const of = valuesOf({ externals: [{ ...fear({}), staleMsMax: 60_000, transform: 'change' }] }, all)
    expect(of('external_fear_change')).toBe(1)
  })
})

test('each family is described in full', () => {
  const schema = featureSchema(fullSettings())
  for (const { formula, source, unit, name } of schema.features) {
    expect([name, formula.length > 3, source.length > 5, unit.length > 1]).toEqual([name, true, true, true])
  }
  expect(new Set(FEATURE_FAMILIES.map(({ name }) => name)).size).toBe(FEATURE_FAMILIES.length)
})
