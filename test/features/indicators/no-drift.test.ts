import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { bollingerBands } from '../../../src/features/indicators/bollinger-bands.ts'
import { leadLag } from '../../../src/features/indicators/lead-lag.ts'
import { obv } from '../../../src/features/indicators/obv.ts'
import { realisedVolatility } from '../../../src/features/indicators/realised-volatility.ts'
import { rollingQuantile } from '../../../src/features/indicators/rolling-quantile.ts'
import { sma } from '../../../src/features/indicators/sma.ts'
import { wma } from '../../../src/features/indicators/wma.ts'
import { zScore } from '../../../src/features/indicators/z-score.ts'

const STEPS = 1_000_000
const PERIOD = 20
const OUTLIER_AT = 500_000

const random = seededRandom(5)
const prices = new Float64Array(STEPS)
const others = new Float64Array(STEPS)
let level = 100
for (let at = 0; at < STEPS; at += 1) {
  level *= 1 + 0.001 * (random() - 0.5)
  prices[at] = level
  others[at] = level + random()
}
prices[OUTLIER_AT] = 1e12

const plainMean = (values: readonly number[]): number => values.reduce((total, x) => total + x, 0) / values.length
const plainDeviation = (values: readonly number[]): number => {
  const middle = plainMean(values)
  return Math.sqrt(plainMean(values.map((x) => (x - middle) ** 2)))
}
const plainCorrelation = (x: readonly number[], y: readonly number[]): number => {
  const [meanX, meanY] = [plainMean(x), plainMean(y)]
  return plainMean(x.map((value, at) => (value - meanX) * (y[at]! - meanY))) / (plainDeviation(x) * plainDeviation(y))
}

const bands = bollingerBands(PERIOD)
const correlation = leadLag(PERIOD, 0)
const [average, weighted, normal, volatility, median] = [
  sma(PERIOD),
  wma(PERIOD),
  zScore(PERIOD),
  realisedVolatility(PERIOD),
  rollingQuantile(PERIOD, 0.5),
]

describe('after a million steps and an outlier of 1e12, equal to a direct computation within 1e-9', () => {
  test.each<[string, (at: number) => number, (window: readonly number[], at: number) => number]>([
    ['sma', (at) => average.step(prices[at]!), plainMean],
    [
      'wma',
      (at) => weighted.step(prices[at]!),
      (window) => window.reduce((total, x, index) => total + (index + 1) * x, 0) / ((PERIOD * (PERIOD + 1)) / 2),
    ],
    ['upper band', (at) => bands.step(prices[at]!).upper, (window) => plainMean(window) + 2 * plainDeviation(window)],
    [
      'z-score',
      (at) => normal.step(prices[at]!),
      (window) => (window.at(-1)! - plainMean(window)) / plainDeviation(window),
    ],
    [
      'realised volatility',
      (at) => volatility.step(prices[at]!),
      (window, at) =>
        Math.sqrt(plainMean(window.map((x, index) => Math.log(x / (window[index - 1] ?? prices[at - PERIOD]!)) ** 2))),
    ],
    [
      'correlation',
      (at) => correlation.step({ own: prices[at]!, other: others[at]! }),
      (window, at) => plainCorrelation(window, [...others.subarray(at + 1 - PERIOD, at + 1)]),
    ],
    [
      'median',
      (at) => median.step(prices[at]!),
      (window) => {
        const sorted = window.toSorted((a, b) => a - b)
        return (sorted[PERIOD / 2 - 1]! + sorted[PERIOD / 2]!) / 2
      },
    ],
  ])('%s', (_name, step, direct) => {
    let worst = 0
    for (let at = 0; at < STEPS; at += 1) {
      const value = step(at)
      const isNearOutlier = at > OUTLIER_AT + PERIOD && at < OUTLIER_AT + 10 * PERIOD
      if (at < PERIOD || !(isNearOutlier || at % 997 === 0 || at === STEPS - 1)) continue
      const expected = direct([...prices.subarray(at + 1 - PERIOD, at + 1)], at)
      worst = Math.max(worst, Math.abs(value - expected) / Math.abs(expected))
    }
    expect(worst).toBeLessThanOrEqual(1e-9)
    expect(worst).toBeGreaterThanOrEqual(0)
  })
})

test('obv over a million bars, a volume of 1e12 in and out, equals the sum in whole thousandths', () => {
  const unit = obv()
  let [thousandths, close, value] = [0n, 100, Number.NaN]
  for (let at = 0; at < STEPS; at += 1) {
    const isHuge = at === 1_000 || at === 1_001
    const lots = isHuge ? 10 ** 15 : Math.floor(1e4 * random())
    const change = isHuge ? 1_001 - at - (at - 1_000) : Math.floor(3 * random()) - 1
    thousandths += BigInt(at === 0 ? lots : lots * Math.sign(change))
    close += change
    value = unit.step({ open: close, high: close, low: close, close, volume: lots / 1_000 })
  }
  const exact = Number(thousandths) / 1_000
  expect(Math.abs(value - exact) / Math.abs(exact)).toBeLessThanOrEqual(1e-12)
})
