import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { periodReturns } from '../../../src/report/metrics/period-returns.ts'
import {
  expectedBestSharpe,
  minTrackRecord,
  probabilisticSharpe,
  sharpeSignificance,
} from '../../../src/report/metrics/sharpe-significance.ts'
import { compound, DAY_MS } from './support/record.ts'

const NORMAL = { skewness: 0, kurtosis: 3 }
const periodOf = (returns: readonly number[]) =>
  periodReturns(
    {
      at: Float64Array.from({ length: returns.length + 1 }, (_, i) => i * DAY_MS),
      equity: Float64Array.from(compound(returns)),
    },
    DAY_MS,
  )
const waves = Array.from({ length: 100 }, (_, i) => 0.002 + 0.01 * Math.sin(i * 1.7))

describe('published examples', () => {
  test('deflated Sharpe ratio of Bailey and López de Prado (2014, "A numerical example"): 0.1132 a day and 0.9004', () => {
    const hurdle = expectedBestSharpe(100, 0.5 / 250)
    expect(hurdle).toBeCloseTo(0.1132, 4)
    const sample = { sharpe: 2.5 / Math.sqrt(250), skewness: -3, kurtosis: 10, count: 1_250 }
    expect(probabilisticSharpe(sample, hurdle)).toBeCloseTo(0.9004, 4)
  })

  test.each([
    { name: 'normal law', shape: NORMAL, expected: 0.982 },
    { name: 'as the fund returned', shape: { skewness: -2.448, kurtosis: 10.164 }, expected: 0.913 },
  ])(
    'probability of skill of 24 monthly returns, $name: $expected (Bailey and López de Prado 2012)',
    ({ shape, expected }) => {
      expect(probabilisticSharpe({ sharpe: 0.458, ...shape, count: 24 }, 0)).toBeCloseTo(expected, 3)
    },
  )

  test.each([
    { name: 'daily', perYear: 252, shape: NORMAL, years: 2.73 },
    { name: 'weekly', perYear: 52, shape: NORMAL, years: 2.83 },
    { name: 'monthly', perYear: 12, shape: NORMAL, years: 3.24 },
    { name: 'monthly, as hedge funds return', perYear: 12, shape: { skewness: -0.72, kurtosis: 5.78 }, years: 4.99 },
  ])('$name returns: $years years to tell a Sharpe ratio of 2 from 1 (Bailey and López de Prado 2012)', (row) => {
    const scale = Math.sqrt(row.perYear)
    const periods = minTrackRecord({ sharpe: 2 / scale, ...row.shape }, 1 / scale, 0.05)
    expect(periods / row.perYear).toBeCloseTo(row.years, 2)
  })
})

test('a record of the minimum length is 95 % sure', () => {
  const shape = fc.record({
    sharpe: fc.double({ min: 0.02, max: 0.5, noNaN: true }),
    skewness: fc.double({ min: -2, max: 1, noNaN: true }),
    kurtosis: fc.double({ min: 6, max: 20, noNaN: true }),
  })
  fc.assert(
    fc.property(shape, (sample) => {
      const count = minTrackRecord(sample, 0, 0.05)
      expect(probabilisticSharpe({ ...sample, count }, 0)).toBeCloseTo(0.95, 5)
    }),
  )
})

describe('trials', () => {
  test('one trial is not deflated; more trials and more variance deflate more', () => {
    const of = (trials: number, trialSharpeVariance?: number) => {
      const made = sharpeSignificance(periodOf(waves), {
        trials,
        ...(trialSharpeVariance === undefined ? {} : { trialSharpeVariance }),
      })
      return (made.deflatedSharpe as { value: number }).value
    }
    const single = sharpeSignificance(periodOf(waves), { trials: 1 })
    expect(single.deflatedSharpe).toEqual(single.probabilisticSharpe)
    expect(single.hurdleSharpe).toEqual({ value: 0 })
    expect(of(10)).toBeLessThan(of(1))
    expect(of(100)).toBeLessThan(of(10))
    expect(of(10, 2)).toBeLessThan(of(10, 1))
  })

  test('an unknown variance is that of trials without skill: 1/(n − 1) a day', () => {
    const assumed = sharpeSignificance(periodOf(waves), { trials: 10 })
    expect(assumed.trialVarianceAssumed).toBe(true)
    expect(assumed.trialSharpeVariance).toEqual({ value: expect.closeTo(365 / 99, 9) as number })
    const told = sharpeSignificance(periodOf(waves), { trials: 10, trialSharpeVariance: 365 / 99 })
    expect(told.trialVarianceAssumed).toBe(false)
    expect(told.deflatedSharpe).toEqual(assumed.deflatedSharpe)
  })
})

test('no record is long enough for a ratio that is not above 0', () => {
  const made = sharpeSignificance(periodOf(waves.map((value) => -value)), { trials: 1 })
  expect(made.minTrackRecordDays).toEqual({ notEnough: 'the Sharpe ratio is not above 0: no record is long enough' })
  expect((made.probabilisticSharpe as { value: number }).value).toBeLessThan(0.5)
})
