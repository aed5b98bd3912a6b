import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import type { ForecastOutcome } from '../../../src/report/backtest/record.ts'
import { type ForecastCalibration, forecastCalibration } from '../../../src/report/metrics/calibration.ts'
import { independentCount } from '../../../src/report/metrics/independent-forecasts.ts'
import { wilson } from '../../../src/report/metrics/wilson.ts'
import { VECTORS } from './support/fixture.ts'
import { forecastOf, HOUR_MS, MONDAY } from './support/record.ts'

const calibrationOf = (forecasts: readonly ForecastOutcome[], horizonBars = 1) =>
  forecastCalibration({ forecasts, horizonBars, barMs: HOUR_MS })

describe('numpy and scipy agree', () => {
  const { levels, mean, quantiles, classes, realised, threshold, expected } = VECTORS.forecasts
  const forecasts = mean.map((meanBps, i) =>
    forecastOf(MONDAY + i * HOUR_MS, {
      meanBps,
      levels,
      quantilesBps: quantiles[i]!,
      classes: classes[i]!,
      realisedBps: realised[i]!,
      thresholdBps: threshold,
    }),
  )
  const made = calibrationOf(forecasts) as ForecastCalibration
  const closeTo = (values: readonly number[], digits = 9) =>
    values.map((value) => expect.closeTo(value, digits) as number)

  test('coverage with its interval, and pinball loss', () => {
    expect(made).toMatchObject({ count: 500, independent: 500 })
    expect(made.levels.map(({ coverage }) => coverage)).toEqual(closeTo(expected.coverage))
    expect(made.levels.map(({ low }) => low)).toEqual(closeTo(expected.coverageLow, 6))
    expect(made.levels.map(({ high }) => high)).toEqual(closeTo(expected.coverageHigh, 6))
    expect(made.levels.map(({ pinballBps }) => pinballBps)).toEqual(closeTo(expected.pinball))
    expect(made.levels.map((level) => level.pinballOfOutcomesBps)).toEqual(closeTo(expected.pinballOfOutcomes))
    expect(made.pinballBps).toBeCloseTo(expected.pinball.reduce((a, b) => a + b, 0) / 5, 9)
  })

  test('classes: Brier scores, expected calibration error, reliability', () => {
    expect(made.classes.brier).toBeCloseTo(expected.brier, 9)
    expect(made.classes.brierOfShares).toBeCloseTo(expected.brierOfShares, 9)
    expect(made.classes.expectedError).toBeCloseTo(expected.expectedError, 9)
    const up = made.classes.bins[2]!
    expect(up.name).toBe('up')
    expect(up.bins.map(({ count }) => count)).toEqual(expected.upCounts)
    for (const [i, { frequency }] of up.bins.entries()) {
      const wanted = expected.upFrequencies[i]!
      if (wanted === null) expect(frequency).toBeNull()
      else expect(frequency).toBeCloseTo(wanted, 9)
    }
  })

  test('direction and deciles', () => {
    expect(made.direction).toEqual({
      count: 500,
      rate: expect.closeTo(expected.hitRate, 9) as number,
      low: expect.closeTo(expected.hitLow, 6) as number,
      high: expect.closeTo(expected.hitHigh, 6) as number,
    })
    expect(made.deciles.map(({ meanForecastBps }) => meanForecastBps)).toEqual(closeTo(expected.decileForecast))
    expect(made.deciles.map(({ meanRealisedBps }) => meanRealisedBps)).toEqual(closeTo(expected.decileRealised))
    expect(made.deciles.every(({ count }) => count === 50)).toBe(true)
  })

  test('overlapping horizons widen the intervals, not the shares', () => {
    const wide = calibrationOf(forecasts, 5) as ForecastCalibration
    expect(wide.independent).toBe(100)
    expect(wide.levels[2]!.coverage).toBe(made.levels[2]!.coverage)
    expect(wide.levels[2]!.high - wide.levels[2]!.low).toBeGreaterThan(2 * (made.levels[2]!.high - made.levels[2]!.low))
  })
})

test('Wilson interval of 8 in 10: 0.490 to 0.943, as Newcombe (1998) computes it', () => {
  expect(wilson(0.8, 10).low).toBeCloseTo(0.4902, 3)
  expect(wilson(0.8, 10).high).toBeCloseTo(0.9433, 3)
  expect(wilson(0, 20).low).toBe(0)
  expect(wilson(1, 20).high).toBe(1)
})

test('independent forecasts: horizons that fit in, by instrument', () => {
  const at = (hours: number, symbol = 'A') => forecastOf(MONDAY + hours * HOUR_MS, { symbol })
  expect(independentCount([at(0), at(1), at(2), at(3), at(4)], 2 * HOUR_MS)).toBe(3)
  expect(independentCount([at(0), at(1), at(0, 'B'), at(50, 'B')], 2 * HOUR_MS)).toBe(3)
})

describe('edges', () => {
  const many = (count: number, changes: (i: number) => Partial<ForecastOutcome>) =>
    Array.from({ length: count }, (_, i) => forecastOf(MONDAY + i * HOUR_MS, changes(i)))

  test('99 forecasts are too few, 100 are enough', () => {
    expect(calibrationOf(many(99, () => ({})))).toEqual({ notEnough: '99 forecasts; at least 100' })
    expect(calibrationOf(many(100, () => ({})))).toHaveProperty('levels')
  })

  test('a forecast of 0 or an outcome of 0 has no direction', () => {
    const made = calibrationOf(many(120, (i) => (i < 21 ? { realisedBps: 0 } : {}))) as ForecastCalibration
    expect(made.direction).toEqual({ notEnough: '99 forecasts and outcomes other than 0; at least 100' })
  })

  test('a return at the threshold is flat; sure and right has no error', () => {
    const sure = many(100, (i) => ({ classes: [0, 1, 0], realisedBps: i % 2 ? 5 : -5 }))
    const made = calibrationOf(sure) as ForecastCalibration
    expect(made.classes).toMatchObject({ brier: 0, brierOfShares: 0, expectedError: 0 })
    expect(made.classes.bins[1]!.bins[9]).toMatchObject({ count: 100, meanProbability: 1, frequency: 1 })
  })

  test('an outcome on the quantile is covered', () => {
    const made = calibrationOf(many(100, () => ({ realisedBps: 0 }))) as ForecastCalibration
    expect(made.levels[0]).toMatchObject({ level: 0.5, coverage: 1, pinballBps: 0 })
  })

  test('levels that differ are a bug', () => {
    expect(() => calibrationOf([...many(100, () => ({})), forecastOf(MONDAY, { levels: [0.6] })])).toThrow('levels')
    expect(() => calibrationOf([...many(100, () => ({})), forecastOf(MONDAY, { levels: [] })])).toThrow('levels')
  })

  test('outcomes drawn from what was said are calibrated; said twice as sure they are not', () => {
    const random = seededRandom(5)
    const drawn = (sureness: number) =>
      many(4_000, () => {
        const up = random()
        const said = Math.min(1, Math.max(0, 0.5 + sureness * (up - 0.5)))
        return { classes: [1 - said, 0, said], realisedBps: random() < up ? 10 : -10, levels: [], quantilesBps: [] }
      })
    expect((calibrationOf(drawn(1)) as ForecastCalibration).classes.expectedError).toBeLessThan(0.02)
    expect((calibrationOf(drawn(2)) as ForecastCalibration).classes.expectedError).toBeGreaterThan(0.1)
  })
})
