import { describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { LEVELS } from '../../../src/model/forecaster-outputs.ts'
import { normalCdf, normalQuantile } from '../../../src/model/heads/normal-quantile.ts'
import type { ForecastCalibration } from '../../../src/report/metrics/calibration.ts'
import { evaluateForecasts } from '../../../src/training/evaluation/evaluate-forecasts.ts'
import { forecastLosses } from '../../../src/training/evaluation/forecast-losses.ts'
import { forecastOutcomes } from '../../../src/training/evaluation/forecast-outcomes.ts'
import { denseDataset } from '../dense-dataset.ts'

const shape = { featureNames: ['one'], steps: 1, barMs: 60_000, horizonBars: 1 }
const dataOf = (targets: readonly number[], variances: readonly number[] = targets.map(() => 5)) =>
  denseDataset({
    shape,
    inputs: new Float32Array(targets.length),
    targetsBps: Float64Array.from(targets),
    variancesBps2: Float64Array.from(variances),
  })

test('losses of two rows by hand, each with its own bounds of the flat class', () => {
  const losses = forecastLosses(
    {
      mean: Float32Array.of(1, -2),
      volatility: Float32Array.of(2, 4),
      quantiles: Float32Array.of(-4, -1, 1, 2, 5, -8, -4, -2, 0, 4),
      classes: Float32Array.of(0.25, 0.25, 0.5, 0.5, 0.25, 0.25),
    },
    dataOf([3, 3], [5, 8]),
    Float64Array.of(0.5, 4),
  )
  expect([...losses.squaredErrorBps2]).toEqual([4, 25])
  expect([...losses.absoluteErrorBps]).toEqual([2, 5])
  expect(losses.pinballBps[0]).toBeCloseTo((0.05 * 7 + 0.25 * 4 + 0.5 * 2 + 0.75 * 1 + 0.05 * 2) / 5, 12)
  expect(losses.crpsBps[0]).toBeCloseTo(
    2 * (0.15 * 0.05 * 7 + 0.225 * 0.25 * 4 + 0.25 * 0.5 * 2 + 0.225 * 0.75 * 1 + 0.15 * 0.05 * 2),
    12,
  )
  // Up with 0.5, then flat with 0.25: 3 lies within ±4.
  expect([...losses.logLoss]).toEqual([expect.closeTo(Math.log(2), 12), expect.closeTo(Math.log(4), 12)])
  expect([...losses.brier]).toEqual([0.0625 + 0.0625 + 0.25, 0.25 + 0.5625 + 0.0625])
  expect(losses.qlike[1]).toBeCloseTo(Math.log(16) + 0.5, 12)
})

test('as many forecasts and bounds as rows', () => {
  const none = new Float32Array()
  const outputs = { mean: none, volatility: none, quantiles: none, classes: none }
  expect(() => forecastLosses(outputs, dataOf([1]), Float64Array.of(1))).toThrow('forecasts of 1 rows')
  expect(() => evaluateForecasts('none', outputs, dataOf([]), new Float64Array(), [])).toThrow('rows to evaluate')
})

describe('a normal forecast of what is drawn from it', () => {
  const random = seededRandom(4)
  const rows = 4_000
  const centres = Float32Array.from({ length: rows }, () => 3 * normal(random))
  const data = dataOf(Array.from(centres, (centre) => centre + 4 * normal(random)))
  const outputs = (width: number) => ({
    mean: centres,
    volatility: new Float32Array(rows).fill(4),
    quantiles: Float32Array.from(
      { length: rows * LEVELS.length },
      (_, i) => centres[Math.floor(i / LEVELS.length)]! + width * normalQuantile(LEVELS[i % LEVELS.length]!),
    ),
    classes: Float32Array.from(
      [...centres].flatMap((centre) => {
        const [down, up] = [normalCdf((-2 - centre) / width), 1 - normalCdf((2 - centre) / width)]
        return [down, 1 - down - up, up]
      }),
    ),
  })
  const thresholds = new Float64Array(rows).fill(2)
  const made = (width: number, reference: ArrayLike<number> = new Float64Array(rows)) =>
    evaluateForecasts('normal', outputs(width), data, thresholds, reference)

  test('scores are those of the law: MSE 16, MAE 4·√(2/π), R² 9/25, CRPS 4/√π less what five levels miss', () => {
    const { mseBps2, maeBps, rSquared, crpsBps, losses } = made(4)
    expect(mseBps2 / 16).toBeCloseTo(1, 1)
    expect(maeBps / (4 * Math.sqrt(2 / Math.PI))).toBeCloseTo(1, 1)
    expect(rSquared).toBeCloseTo(9 / 25, 1)
    expect(crpsBps / (4 / Math.sqrt(Math.PI))).toBeCloseTo(0.92, 1)
    expect(crpsBps).toBeCloseTo(losses.crpsBps.reduce((a, b) => a + b) / rows, 12)
  })

  test('R² against its own mean is 0', () => {
    expect(made(4, centres).rSquared).toBe(0)
  })

  test('direction: share of signs, ½ + arcsin(ρ)/π with ρ = 3/5', () => {
    expect(made(4).directionalAccuracy).toBeCloseTo(0.5 + Math.asin(0.6) / Math.PI, 1)
  })

  test('coverage and classes are calibrated, and told apart from forecasts that are too sure', () => {
    const right = made(4).calibration as ForecastCalibration
    for (const { level, low, high } of right.levels) {
      expect(low).toBeLessThan(level + 0.01)
      expect(high).toBeGreaterThan(level - 0.01)
    }
    expect(right.classes.expectedError).toBeLessThan(0.03)
    const sure = made(2).calibration as ForecastCalibration
    expect(sure.levels[0]!.low).toBeGreaterThan(0.15)
    expect(sure.classes.expectedError).toBeGreaterThan(0.1)
    expect(made(2).crpsBps).toBeGreaterThan(made(4).crpsBps)
  })

  test('Brier of the report and of the losses are one', () => {
    const { brier, calibration } = made(4)
    expect(brier).toBeCloseTo((calibration as ForecastCalibration).classes.brier, 9)
  })
})

test('outcomes for reports: at most 20,000, evenly spaced', () => {
  const rows = 30_000
  const data = dataOf(Array.from({ length: rows }, (_, row) => row))
  const outputs = {
    mean: new Float32Array(rows),
    volatility: new Float32Array(rows),
    quantiles: new Float32Array(5 * rows),
    classes: new Float32Array(3 * rows),
  }
  const made = forecastOutcomes('m', outputs, data, new Float64Array(rows))
  expect(made).toHaveLength(20_000)
  expect(made.slice(0, 5).map(({ realisedBps }) => realisedBps)).toEqual([0, 1, 3, 4, 6])
  expect(made.at(-1)!.realisedBps).toBe(29_998)
})
