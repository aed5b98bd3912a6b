import { describe, expect, test } from 'vitest'
import { deflatedBest, deflatedText } from '../../../src/wiring/sweep/deflated-best.ts'
import type { SweepRow } from '../../../src/wiring/sweep/sweep-table.ts'

/** Of a year's daily returns, `ratio` per year. */
const row = (index: number, ratio: number | undefined, shape = { skewness: 0, kurtosis: 3 }): SweepRow => ({
  index,
  settings: { a: index },
  result: {
    metrics: { sharpe: ratio ?? null },
    runHash: String(index),
    ...(ratio === undefined
      ? {}
      : { sample: { sharpe: ratio / Math.sqrt(250), count: 1_250, periodsPerYear: 250, ...shape } }),
  },
})

describe('deflated Sharpe ratio of the best trial', () => {
  // Bailey and López de Prado 2014, "Numerical example": 100 trials, V = 0.5 a year, 250 returns a year, T = 1250, SR = 2.5 a year,
  // γ₃ = −3, γ₄ = 10: DSR = 0.9004.
  test('is that of the published example', () => {
    const best = row(0, 2.5, { skewness: -3, kurtosis: 10 })
    // 99 others whose ratios, with the best, have a variance of 0.5 with n − 1.
    const rest = (spread: number) => Array.from({ length: 99 }, (_, at) => row(at + 1, at % 2 === 0 ? spread : -spread))
    const varianceAt = (spread: number) => deflatedBest([best, ...rest(spread)]).trialSharpeVariance
    let [low, high] = [0, 2]
    for (let step = 0; step < 60; step++) {
      const middle = (low + high) / 2
      const variance = varianceAt(middle)
      if ('value' in variance && variance.value < 0.5) low = middle
      else high = middle
    }
    const found = deflatedBest([best, ...rest(low)])
    expect(found).toMatchObject({ trials: 100, trialVarianceAssumed: false })
    expect(found.deflatedSharpe).toEqual({ value: expect.closeTo(0.9004, 4) as number })
    // The hurdle of 0.1132 per period, in years.
    expect(found.hurdleSharpe).toEqual({ value: expect.closeTo(0.1132 * Math.sqrt(250), 2) as number })
    expect(deflatedText(found)).toContain('over 100 trials: 0.9003')
  })

  test('one trial alone is not deflated', () => {
    const found = deflatedBest([row(0, 1)])
    expect(found).toMatchObject({ trials: 1, trialVarianceAssumed: true, hurdleSharpe: { value: 0 } })
  })

  test('trials without a ratio count as tried', () => {
    const two = deflatedBest([row(0, 1), row(1, 0)])
    const more = deflatedBest([row(0, 1), row(1, 0), row(2, undefined), row(3, undefined)])
    expect([two.trials, more.trials]).toEqual([2, 4])
    const hurdleOf = ({ hurdleSharpe }: typeof two) => ('value' in hurdleSharpe ? hurdleSharpe.value : Number.NaN)
    expect(hurdleOf(more)).toBeGreaterThan(hurdleOf(two))
  })

  test('trials that failed were none', () => {
    const failed: SweepRow = { index: 2, settings: {}, failure: 'no candles' }
    expect(deflatedBest([row(0, 1), row(1, 0), failed]).trials).toBe(2)
  })

  test.each<[string, SweepRow[], string]>([
    ['no trial', [], 'no trial was done'],
    ['a best one without returns', [row(0, undefined), row(1, 1)], 'the first row has no Sharpe ratio'],
  ])('of %s there is none', (_name, rows, reason) => {
    const found = deflatedBest(rows)
    expect(found.deflatedSharpe).toEqual({ notEnough: reason })
    expect(deflatedText(found)).toContain(reason)
  })
})
