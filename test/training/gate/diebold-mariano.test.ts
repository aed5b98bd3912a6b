import { describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { longRunVariance } from '../../../src/report/metrics/long-run-variance.ts'
import { dieboldMariano, lagOf } from '../../../src/training/gate/diebold-mariano.ts'
import { VECTORS } from './gate-vectors.ts'

test.each(VECTORS.dieboldMariano)('$name: as statsmodels has it', ({ differences, lag, ...expected }) => {
  const values = Float64Array.from(differences)
  expect(longRunVariance(values, lag)).toBeCloseTo(expected.longRunVariance, 9)
  const made = dieboldMariano(values, lag)
  expect(made.statistic).toBeCloseTo(expected.statistic, 9)
  expect(made.p).toBeCloseTo(expected.p, 9)
  expect(made.moments).toBe(values.length)
})

test.each([
  { moments: 1_000, horizon: 1, lag: 64, why: '2·√n' },
  { moments: 1_000, horizon: 21, lag: 64, why: '3 horizons are 63' },
  { moments: 1_000, horizon: 22, lag: 66, why: '3 horizons' },
  { moments: 100, horizon: 30, lag: 25, why: 'a quarter of the moments' },
])('lag of $moments moments at horizon $horizon is $lag: $why', ({ moments, horizon, lag }) => {
  expect(lagOf(moments, horizon)).toBe(lag)
})

describe('edges', () => {
  test('equal losses are no evidence; a constant difference is certain', () => {
    expect(dieboldMariano(new Float64Array(40), 4)).toMatchObject({ statistic: 0, p: 1 })
    expect(dieboldMariano(new Float64Array(40).fill(-0.5), 4).p).toBe(0)
    expect(dieboldMariano(new Float64Array(40).fill(0.5), 4).p).toBe(1)
  })

  test('the sign decides the side', () => {
    const random = seededRandom(2)
    const values = Float64Array.from({ length: 200 }, () => normal(random) - 0.1)
    const mirrored = dieboldMariano(
      values.map((value) => -value),
      10,
    )
    expect(dieboldMariano(values, 10).p + mirrored.p).toBeCloseTo(1, 9)
  })

  test('lags must leave more than they take', () => {
    expect(() => dieboldMariano(new Float64Array(10), 5)).toThrow('lag of 10 differences')
    expect(() => dieboldMariano(new Float64Array(10), 4)).not.toThrow()
  })
})

describe('rejects equal losses about as often as it says: 5 %', () => {
  const rejections = (made: (random: () => number) => Float64Array, horizon: number, seeds: number): number => {
    let count = 0
    for (let seed = 0; seed < seeds; seed += 1) {
      const values = made(seededRandom(1_000 + seed))
      if (dieboldMariano(values, lagOf(values.length, horizon)).p <= 0.05) count += 1
    }
    return count / seeds
  }
  const noise = (random: () => number, n: number): Float64Array =>
    Float64Array.from({ length: n }, () => normal(random))
  const sums = (random: () => number, n: number, span: number): Float64Array => {
    const drawn = noise(random, n + span)
    return Float64Array.from({ length: n }, (_, i) => drawn.subarray(i, i + span).reduce((a, b) => a + b))
  }

  // Two standard errors of 600 seeds are 1.8 points. Here 5.5, 6.0 and 5.5 % are; with the lag h − 1 of textbooks 9.0 and 7.8 % of the sums.
  test.each([
    { name: 'independent', made: (r: () => number) => noise(r, 400), horizon: 1 },
    { name: 'labels of 5 bars overlap', made: (r: () => number) => sums(r, 500, 5), horizon: 5 },
    { name: 'labels of 30 bars overlap', made: (r: () => number) => sums(r, 800, 30), horizon: 30 },
  ])('$name', ({ made, horizon }) => {
    const share = rejections(made, horizon, 600)
    expect(share).toBeGreaterThan(0.02)
    expect(share).toBeLessThan(0.075)
  })
})
