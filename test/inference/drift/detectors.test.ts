import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { binnedKs, ksLimit, stabilityIndex } from '../../../src/inference/drift/binned-tests.ts'
import { coverageError } from '../../../src/inference/drift/coverage-band.ts'
import { PageHinkley } from '../../../src/inference/drift/page-hinkley.ts'
import { RollingMean } from '../../../src/inference/drift/rolling-mean.ts'
import { calibrationFixture } from '../../fixtures/calibration/load-calibration.ts'

const RIVER = { valuesMin: 30, tolerance: 0.005, threshold: 50, forgetting: 0.9999 }

describe('PageHinkley', () => {
  test("fires where river's documented example does", () => {
    const { values, pageHinkleyAt } = calibrationFixture.change
    const test = new PageHinkley(RIVER)
    const fired = values.flatMap((value, i) => (test.push(value) ? [i] : []))
    expect(fired).toEqual([pageHinkleyAt])
  })

  test('at the threshold, not below; from one value before valuesMin on; a fall is no rise', () => {
    const firesAt = (values: readonly number[], valuesMin: number, threshold: number): number => {
      const test = new PageHinkley({ valuesMin, tolerance: 0, threshold, forgetting: 1 })
      return values.findIndex((value) => test.push(value))
    }
    // Means 0, 1, 4/3: sums 0, 1, 1 + 2/3.
    expect(firesAt([0, 2, 2], 2, 1)).toBe(1)
    expect(firesAt([0, 2, 2], 2, 1.01)).toBe(2)
    expect(firesAt([0, 2, 2], 4, 1)).toBe(2)
    expect(firesAt([0, 2, 2], 5, 1)).toBe(-1)
    expect(firesAt([0, -2, -2], 2, 1)).toBe(-1)
  })
})

describe('PSI and KS of bins', () => {
  const { rows, shares, counts, psi, ks, ksOfValues } = calibrationFixture.bins
  test('equal numpy and scipy; KS of bins is at most that of the values', () => {
    expect(stabilityIndex(shares, rows, counts)).toBeCloseTo(psi, 12)
    expect(binnedKs(shares, counts)).toBeCloseTo(ks, 12)
    expect(binnedKs(shares, counts)).toBeLessThanOrEqual(ksOfValues)
  })

  test('0 for the same shares; finite where a bin is empty on either side', () => {
    expect(stabilityIndex([0.25, 0.75], 100, [5, 15])).toBe(0)
    expect(binnedKs([0.25, 0.75], [5, 15])).toBe(0)
    // (1 − 1/2) ln 2 + (0.005 − 1/2) ln 0.01
    expect(stabilityIndex([0.5, 0.5], 100, [100, 0])).toBeCloseTo(0.5 * Math.log(2) - 0.495 * Math.log(0.01), 12)
    expect(Number.isFinite(stabilityIndex([1, 0], 100, [0, 100]))).toBe(true)
    expect(binnedKs([1, 0], [0, 100])).toBe(1)
  })

  test('the limit of scipy at 1 %: kstwobign.isf(0.01) · √(2 / 1000)', () => {
    expect(ksLimit(0.01, 1_000, 1_000)).toBeCloseTo(1.6276 * Math.sqrt(2 / 1_000), 5)
  })

  test('is symmetric, and never below 0', () => {
    const counts = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(counts, counts, (a, b) => {
        const sum = (list: readonly number[]): number => list.reduce((total, one) => total + one, 0)
        const sharesOf = (list: readonly number[]): number[] => list.map((one) => one / sum(list))
        const there = stabilityIndex(sharesOf(a), sum(a), b)
        expect(there).toBeGreaterThanOrEqual(0)
        expect(there).toBeCloseTo(stabilityIndex(sharesOf(b), sum(b), a), 10)
      }),
    )
  })
})

describe('coverage band', () => {
  test('is the binomial one of the outcomes that do not overlap', () => {
    expect(coverageError(0.8, 0.9, 1_000, 1, 4)).toMatchObject({ coverage: 0.8, stated: 0.9 })
    expect(coverageError(0.8, 0.9, 1_000, 1, 4).band).toBeCloseTo(4 * Math.sqrt(0.09 / 1_000), 12)
    expect(coverageError(0.8, 0.9, 1_000, 10, 4).band).toBeCloseTo(4 * Math.sqrt(0.09 / 100), 12)
  })

  test('a calibrated interval stays within 4 deviations in 2,000 windows', () => {
    const random = seededRandom(8)
    const draws = Array.from({ length: 2_000 }, () => {
      let within = 0
      for (let i = 0; i < 200; i += 1) within += Math.abs(normal(random)) < 1.6449 ? 1 : 0
      const { coverage, stated, band } = coverageError(within / 200, 0.9, 200, 1, 4)
      return Math.abs(coverage - stated) > band
    })
    expect(draws.filter(Boolean).length).toBeLessThanOrEqual(2)
  })
})

describe('RollingMean', () => {
  test('equals the mean of the last values, and of all, also after a restart', () => {
    // JSON knows no −0.
    const value = fc.double({ min: -1e3, max: 1e3, noNaN: true }).map((one) => one + 0)
    const values = fc.array(value, { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 9 }), fc.nat(39), (list, size, cut) => {
        const whole = new RollingMean(size)
        let parts = new RollingMean(size)
        list.forEach((value, i) => {
          if (i === cut) parts = new RollingMean(size, JSON.parse(JSON.stringify(parts.save())))
          whole.push(value)
          parts.push(value)
          const last = list.slice(Math.max(0, i + 1 - size), i + 1)
          expect(whole.mean).toBeCloseTo(last.reduce((sum, one) => sum + one, 0) / last.length, 8)
        })
        expect(whole.meanOfAll).toBeCloseTo(list.reduce((sum, one) => sum + one, 0) / list.length, 8)
        expect(parts.save()).toEqual(whole.save())
      }),
    )
  })
})
