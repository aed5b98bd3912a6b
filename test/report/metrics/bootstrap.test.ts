import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { blockLength } from '../../../src/report/metrics/block-length.ts'
import {
  BAND_LEVELS,
  type BootstrapIntervals,
  bootstrapIntervals,
} from '../../../src/report/metrics/bootstrap-intervals.ts'
import { momentsOf, quantileOf } from '../../../src/report/metrics/moments.ts'
import { periodReturns } from '../../../src/report/metrics/period-returns.ts'
import { resample } from '../../../src/report/metrics/stationary-bootstrap.ts'
import { VECTORS } from './support/fixture.ts'
import { compound, DAY_MS } from './support/record.ts'

const periodOf = (returns: readonly number[]) =>
  periodReturns(
    {
      at: Float64Array.from({ length: returns.length + 1 }, (_, i) => i * DAY_MS),
      equity: Float64Array.from(compound(returns)),
    },
    DAY_MS,
  )

describe('mean block length', () => {
  test.each(VECTORS.blocks)('of $name series as arch 8.0 has it', ({ values, block }) => {
    // arch lets it fall below 1, where no block is.
    expect(blockLength(Float64Array.from(values))).toBeCloseTo(Math.max(1, block), 9)
  })

  test('1 where nothing varies; bounded where everything depends', () => {
    expect(blockLength(new Float64Array(50).fill(3))).toBe(1)
    const trend = Float64Array.from({ length: 100 }, (_, i) => i)
    expect(blockLength(trend)).toBeLessThanOrEqual(30)
  })
})

describe('stationary resample', () => {
  test('blocks have a geometric length with that mean, wrap around, and every place is as likely', () => {
    const n = 50
    const source = Float64Array.from({ length: n }, (_, i) => i)
    const target = new Float64Array(200_000)
    resample(source, target, 8, seededRandom(1))
    const counts = new Float64Array(n)
    let joins = 0
    for (const [i, value] of target.entries()) {
      counts[value]! += 1
      if (i > 0 && value === (target[i - 1]! + 1) % n) joins += 1
    }
    // A fresh block continues the last one by chance, once in n.
    expect(joins / target.length).toBeCloseTo(7 / 8 + 1 / 8 / n, 2)
    const expected = target.length / n
    for (const count of counts) expect(Math.abs(count / expected - 1)).toBeLessThan(0.12)
    expect(target.some((value, i) => value === 0 && target[i - 1] === n - 1)).toBe(true)
  })

  test('a block of mean 1 draws alone: neighbours are strangers', () => {
    const target = new Float64Array(50_000)
    resample(
      Float64Array.from({ length: 20 }, (_, i) => i),
      target,
      1,
      seededRandom(2),
    )
    const joins = target.filter((value, i) => i > 0 && value === (target[i - 1]! + 1) % 20).length
    expect(joins / target.length).toBeCloseTo(1 / 20, 2)
  })
})

describe('intervals', () => {
  const { returns, block, expected, lastQuantiles } = VECTORS.intervals

  test('as arch has them on the same returns', () => {
    const made = bootstrapIntervals(periodOf(returns), { seed: 11, resamples: 5_000 }) as BootstrapIntervals
    expect(made.meanBlock).toBeCloseTo(block, 6)
    for (const name of ['sharpe', 'totalReturn', 'maxDrawdown'] as const) {
      const interval = made[name] as { low: number; high: number }
      const width = expected[name].high - expected[name].low
      expect(Math.abs(interval.low - expected[name].low) / width).toBeLessThan(0.03)
      expect(Math.abs(interval.high - expected[name].high) / width).toBeLessThan(0.03)
    }
    const last = made.band.quantiles.map((points) => points.at(-1)! / 1_000)
    for (const [i, quantile] of lastQuantiles.entries()) expect(Math.abs(last[i]! / quantile - 1)).toBeLessThan(0.05)
  })

  test('the seed alone decides; quantiles are ordered; the band ends where the record ends', () => {
    const returnsOf = fc.array(
      fc.integer({ min: 1, max: 200 }).map((value) => (value - 100.5) / 1_000),
      { minLength: 61, maxLength: 90 },
    )
    fc.assert(
      fc.property(returnsOf, fc.nat(), (drawn, seed) => {
        const period = periodOf(drawn)
        const first = bootstrapIntervals(period, { seed, resamples: 100 }) as BootstrapIntervals
        expect(bootstrapIntervals(period, { seed, resamples: 100 })).toEqual(first)
        const { band, totalReturn, maxDrawdown } = first
        expect(band.at.at(-1)).toBe(drawn.length * DAY_MS)
        for (let point = 0; point < band.at.length; point += 1) {
          const column = band.quantiles.map((points) => points[point]!)
          expect(column).toEqual(column.toSorted((a, b) => a - b))
        }
        const { low, high } = totalReturn as { low: number; high: number }
        expect(band.quantiles[0]!.at(-1)! / 1_000 - 1).toBeCloseTo(low, 9)
        expect(band.quantiles[BAND_LEVELS.length - 1]!.at(-1)! / 1_000 - 1).toBeCloseTo(high, 9)
        expect((maxDrawdown as { low: number }).low).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 20 },
    )
  })

  test('the Sharpe ratios are those of the resamples, taken one by one', () => {
    const source = Float64Array.from({ length: 61 }, (_, i) => 0.03 * Math.sin(i * i))
    const period = periodOf([...source])
    const random = seededRandom(3)
    const sharpes = Float64Array.from({ length: 100 }, () => {
      const drawn = new Float64Array(61)
      resample(period.returns, drawn, blockLength(period.returns), random)
      const { mean, deviation } = momentsOf(drawn)
      return (mean / deviation) * Math.sqrt(365)
    }).sort()
    const { sharpe } = bootstrapIntervals(period, { seed: 3, resamples: 100 }) as BootstrapIntervals
    expect(sharpe).toEqual({
      low: expect.closeTo(quantileOf(sharpes, 0.025), 9) as number,
      high: expect.closeTo(quantileOf(sharpes, 0.975), 9) as number,
    })
  })

  test('other seeds give other draws', () => {
    const period = periodOf(returns)
    const one = bootstrapIntervals(period, { seed: 1, resamples: 100 })
    expect(bootstrapIntervals(period, { seed: 2, resamples: 100 })).not.toEqual(one)
  })

  test('long records are thinned to 300 points', () => {
    const long = Array.from({ length: 1_000 }, (_, i) => 0.01 * Math.sin(i * 2.3))
    const { band } = bootstrapIntervals(periodOf(long), { seed: 1, resamples: 100 }) as BootstrapIntervals
    expect(band.at).toHaveLength(300)
    expect(band.at[0]).toBe(DAY_MS)
    expect(new Set(band.at).size).toBe(300)
  })
})
