import { describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { fitBaselines } from '../../../src/training/baselines/fit-baselines.ts'
import { scoreForecasts } from '../../../src/training/baselines/score-forecasts.ts'
import type { Dataset } from '../../../src/training/dataset.ts'
import { datasetOf, splitByTime } from '../../../src/training/dataset.ts'
import { denseDataset } from '../dense-dataset.ts'
import { SHAPE, syntheticWindows } from '../synthetic-windows.ts'

const THRESHOLD_BPS = 0.6

/** Returns of one bar with the volatility ±`swing` around 1, of 200-bar waves; one feature that knows nothing. */
function waves(seed: number, rows: number, swing: number): Dataset {
  const random = seededRandom(seed)
  const targets = Float64Array.from(
    { length: rows },
    (_, row) => normal(random) * Math.exp(swing * Math.sin((2 * Math.PI * row) / 200)),
  )
  return denseDataset({
    shape: { featureNames: ['noise'], steps: 2, barMs: 1_000, horizonBars: 1 },
    inputs: Float32Array.from({ length: 2 * rows }, () => normal(random)),
    targetsBps: targets,
    variancesBps2: targets.map((target) => target ** 2),
    series: Int32Array.from({ length: rows }, (_, row) => Math.floor((2 * row) / rows)),
  })
}

const scoresOf = (fit: Dataset, evaluation: Dataset) =>
  Object.fromEntries(
    fitBaselines(fit, splitByTime(fit, 0.25), THRESHOLD_BPS).map((baseline) => [
      baseline.name,
      scoreForecasts(baseline.forecast(evaluation), evaluation, THRESHOLD_BPS),
    ]),
  )

describe('every baseline', () => {
  const data = waves(1, 3_000, 1)
  const other = waves(2, 500, 1)
  const fits = fitBaselines(data, splitByTime(data, 0.25), THRESHOLD_BPS)

  test('names', () => {
    expect(fits.map(({ name }) => name)).toEqual(['unconditional', 'zero-return', 'ewma', 'har', 'ridge', 'logistic'])
  })

  test.each(fits.map((fit) => [fit.name, fit] as const))(
    '%s: keeps the contract of a forecaster on other data',
    (_name, fit) => {
      const { mean, volatility, quantiles, classes } = fit.forecast(other)
      expect([mean.length, volatility.length, quantiles.length, classes.length]).toEqual([500, 500, 2_500, 1_500])
      expect(mean.every(Number.isFinite)).toBe(true)
      expect(volatility.every((value) => value > 0 && Number.isFinite(value))).toBe(true)
      for (let row = 0; row < 500; row += 1) {
        const levels = quantiles.subarray(5 * row, 5 * row + 5)
        expect([...levels]).toEqual([...levels].sort((a, b) => a - b))
        const shares = classes.subarray(3 * row, 3 * row + 3)
        expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 5)
        expect(Math.min(...shares)).toBeGreaterThanOrEqual(0)
      }
    },
  )

  test.each(fits.map((fit) => [fit.name, fit] as const))(
    '%s: no forecast changes when the future does',
    (_name, fit) => {
      const after300 = (values: Float64Array): Float64Array => values.map((value, row) => (row < 300 ? value : 50))
      const changed = {
        ...other,
        targetsBps: after300(other.targetsBps),
        variancesBps2: after300(other.variancesBps2),
      }
      const [before, after] = [fit.forecast(other), fit.forecast(changed)]
      // The target of row 300 runs to the close of row 301, which is the first that may know it.
      for (const name of ['mean', 'volatility', 'quantiles', 'classes'] as const) {
        const width = before[name].length / 500
        expect(after[name].subarray(0, 301 * width)).toEqual(before[name].subarray(0, 301 * width))
      }
    },
  )
})

test('where volatility comes in waves, EWMA and HAR beat the unconditional law at volatility, quantiles and classes', () => {
  const { unconditional, ewma, har } = scoresOf(waves(3, 4_000, 1), waves(4, 2_000, 1))
  for (const better of [ewma!, har!]) {
    expect(better.qlike).toBeLessThan(unconditional!.qlike - 0.2)
    expect(better.pinballBps).toBeLessThan(unconditional!.pinballBps * 0.97)
    expect(better.logLoss).toBeLessThan(unconditional!.logLoss - 0.02)
  }
})

test.each(['ewma', 'har'])(
  '%s is calibrated: its variance is that of the returns, 5 % fall below its 5 % quantile',
  (name) => {
    const [fit, evaluation] = [waves(5, 6_000, 1), waves(6, 6_000, 1)]
    const baseline = fitBaselines(fit, splitByTime(fit, 0.25), THRESHOLD_BPS).find((each) => each.name === name)!
    const { volatility, quantiles } = baseline.forecast(evaluation)
    const y = evaluation.targetsBps
    const ratio = y.reduce((sum, value, row) => sum + (value / volatility[row]!) ** 2, 0) / y.length
    expect(Math.abs(ratio - 1)).toBeLessThan(0.12)
    const below = y.filter((value, row) => value <= quantiles[5 * row]!).length / y.length
    expect(Math.abs(below - 0.05)).toBeLessThan(0.015)
  },
)

test('where a feature foretells the return, ridge and logistic beat the unconditional law at what they forecast', () => {
  const dataset = (seed: number): Dataset => datasetOf([syntheticWindows({ seed, bars: 3_000, edge: 1.5 })], SHAPE)
  const { unconditional, ridge, logistic } = scoresOf(dataset(7), dataset(8))
  expect(ridge!.squaredErrorBps2).toBeLessThan(unconditional!.squaredErrorBps2 * 0.85)
  expect(ridge!.pinballBps).toBeLessThan(unconditional!.pinballBps * 0.95)
  expect(logistic!.logLoss).toBeLessThan(unconditional!.logLoss - 0.03)
})

test('where there is nothing to find, nothing beats zero return by much', () => {
  const scores = scoresOf(waves(9, 4_000, 0), waves(10, 4_000, 0))
  for (const score of Object.values(scores)) {
    expect(score.pinballBps).toBeGreaterThan(scores['zero-return']!.pinballBps * 0.99)
    expect(score.logLoss).toBeGreaterThan(scores['zero-return']!.logLoss - 0.005)
  }
})
