import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { AdaptiveInterval } from '../../../src/inference/calibration/adaptive-interval.ts'
import { conformalQuantile } from '../../../src/inference/calibration/conformal-quantile.ts'

const score = fc.double({ min: -1e6, max: 1e6, noNaN: true })

describe('conformalQuantile', () => {
  const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9]
  test.each<[string, readonly number[], number, number]>([
    ['⌈0.9 · 10⌉ = 9 of 9', nine, 0.1, 9],
    ['one score too few for 90 %', nine.slice(1), 0.1, Infinity],
    ['⌈0.5 · 10⌉ = 5', nine, 0.5, 5],
    ['⌈0.45 · 10⌉ = 5', nine, 0.55, 5],
    ['all may miss it', nine, 1, -Infinity],
    ['no score', [], 0.5, Infinity],
  ])('%s', (_name, sorted, miss, expected) => {
    expect(conformalQuantile(sorted, miss)).toBe(expected)
  })
})

describe('AdaptiveInterval', () => {
  test.each<[string, number, number]>([
    ['at 0 everything is within', 0, Infinity],
    ['just above, so is everything of few scores', 0.001, Infinity],
    ['at 1 nothing is', 1, -Infinity],
    ['beyond 1', 1.01, -Infinity],
    ['in between', 0.5, 2],
  ])('alpha: %s', (_name, alpha, expected) => {
    const settings = { miss: 0.1, step: 0.01, scoresMax: 10, scoresMin: 3 }
    const interval = new AdaptiveInterval(settings, { alpha, steps: 0, misses: 0, scores: [3, 1, 2] })
    expect(interval.threshold()).toBe(expected)
  })

  test('no word before scoresMin, scores of that time count for nothing; then α_t moves by γ(α − err)', () => {
    const interval = new AdaptiveInterval({ miss: 0.25, step: 0.1, scoresMax: 5, scoresMin: 3 })
    expect(interval.threshold()).toBeUndefined()
    interval.book([1, 2].map((one) => ({ score: one, issued: undefined })))
    expect(interval.threshold()).toBeUndefined()
    interval.book([{ score: 3, issued: undefined }])
    expect(interval.alpha).toBe(0.25)
    expect(interval.threshold()).toBe(3)
    interval.book([{ score: 3.1, issued: 3 }])
    expect(interval.alpha).toBeCloseTo(0.25 + 0.1 * (0.25 - 1), 12)
    interval.book([{ score: 3, issued: 3 }])
    expect(interval.alpha).toBeCloseTo(0.25 + 0.1 * (0.5 - 1), 12)
    expect(interval.missRate).toBe(0.5)
    // Together they are one step of half a miss.
    interval.book([
      { score: 9, issued: 3 },
      { score: 1, issued: 3 },
    ])
    expect(interval.alpha).toBeCloseTo(0.25 + 0.1 * (0.75 - 1.5), 12)
    expect(interval.save().scores).toEqual([3, 3.1, 3, 9, 1])
  })

  test('coverage holds whatever comes: |mean err − α| ≤ (max(α, 1 − α) + γ) / (γT)', () => {
    fc.assert(
      fc.property(
        fc.array(score, { minLength: 1, maxLength: 300 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.double({ min: 0.005, max: 0.5, noNaN: true }),
        fc.boolean(),
        (scores, miss, step, isAdverse) => {
          const interval = new AdaptiveInterval({ miss, step, scoresMax: 50, scoresMin: 1 })
          interval.book([{ score: scores[0]!, issued: undefined }])
          for (const [i, one] of scores.entries()) {
            const issued = interval.threshold()!
            // The adversary knows the threshold: he misses it, or does not, as he likes.
            const adverse = Number.isFinite(issued) ? issued + (i % 3 === 0 ? -1 : 1) : one
            interval.book([{ score: isAdverse ? adverse : one, issued }])
          }
          const bound = (Math.max(miss, 1 - miss) + step) / (step * scores.length)
          expect(Math.abs(interval.missRate - miss)).toBeLessThanOrEqual(bound + 1e-12)
        },
      ),
    )
  })

  test('outcomes known d steps late: the bound gains d / T', () => {
    fc.assert(
      fc.property(
        fc.array(score, { minLength: 20, maxLength: 200 }),
        fc.integer({ min: 1, max: 10 }),
        (scores, delay) => {
          const interval = new AdaptiveInterval({ miss: 0.1, step: 0.05, scoresMax: 50, scoresMin: 1 })
          interval.book([{ score: 0, issued: undefined }])
          const issued: number[] = []
          scores.forEach((one, i) => {
            issued.push(interval.threshold()!)
            if (i >= delay) interval.book([{ score: one, issued: issued[i - delay]! }])
          })
          const steps = scores.length - delay
          expect(Math.abs(interval.missRate - 0.1)).toBeLessThanOrEqual(
            (0.9 + 0.05 * (1 + delay)) / (0.05 * steps) + 1e-12,
          )
        },
      ),
    )
  })

  test('follows a spread that doubles, where fixed widths miss more and more', () => {
    const random = seededRandom(4)
    const interval = new AdaptiveInterval({ miss: 0.1, step: 0.02, scoresMax: 500, scoresMin: 50 })
    let fixedMisses = 0
    let misses = 0
    for (let t = 0; t < 4_000; t += 1) {
      const one = Math.abs(normal(random)) * (t < 1_000 ? 1 : 2)
      const issued = interval.threshold()
      if (t >= 2_000) {
        misses += one > issued! ? 1 : 0
        fixedMisses += one > 1.645 ? 1 : 0
      }
      interval.book([{ score: one, issued }])
    }
    expect(fixedMisses / 2_000).toBeGreaterThan(0.35)
    expect(misses / 2_000).toBeCloseTo(0.1, 1.5)
  })

  test('goes on after a restart as if there had been none', () => {
    fc.assert(
      // JSON knows no −0.
      fc.property(
        fc.array(
          score.map((one) => one + 0),
          { minLength: 2, maxLength: 60 },
        ),
        fc.nat(59),
        (scores, cut) => {
          const settings = { miss: 0.1, step: 0.05, scoresMax: 7, scoresMin: 2 }
          const whole = new AdaptiveInterval(settings)
          let parts = new AdaptiveInterval(settings)
          scores.forEach((one, i) => {
            if (i === cut) parts = new AdaptiveInterval(settings, JSON.parse(JSON.stringify(parts.save())))
            for (const each of [whole, parts]) each.book([{ score: one, issued: each.threshold() }])
            expect(parts.threshold()).toBe(whole.threshold())
          })
          expect(parts.save()).toEqual(whole.save())
        },
      ),
    )
  })
})
