import { describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { backtestOverfitting } from '../../../src/report/metrics/backtest-overfitting.ts'
import { meanOf } from '../../../src/report/metrics/moments.ts'
import { VECTORS } from '../../training/gate/gate-vectors.ts'

test.each(VECTORS.overfitting)('$name: as numpy and scipy have it', (vector) => {
  const { trials, slices } = vector
  const made = backtestOverfitting({ values: Float64Array.from(vector.returns), trials }, slices)
  expect(made.probability).toBeCloseTo(vector.probability, 12)
  expect(made.lossProbability).toBeCloseTo(vector.lossProbability, 12)
  const logits = [...made.logits].sort((a, b) => a - b)
  expect(logits).toHaveLength(vector.sortedLogits.length)
  for (const [i, logit] of logits.entries()) expect(logit).toBeCloseTo(vector.sortedLogits[i]!, 9)
})

describe('by hand', () => {
  // Four periods, two slices, three trials: what is best in one half is worst in the other.
  const turning = [9, 5, 1, 11, 7, 3, 1, 5, 9, 3, 7, 11]

  test('the best of either half is the worst of the other: probability 1, rank 1 of 3', () => {
    const { probability, logits } = backtestOverfitting({ values: Float64Array.from(turning), trials: 3 }, 2)
    expect(probability).toBe(1)
    expect([...logits]).toEqual([Math.log(1 / 3), Math.log(1 / 3)])
  })

  test('one trial that always earns most: probability 0, rank 3 of 3', () => {
    const steady = [1, 2, 9, 3, 4, 11, 1, 2, 9, 3, 4, 11]
    const { probability, logits } = backtestOverfitting({ values: Float64Array.from(steady), trials: 3 }, 2)
    expect(probability).toBe(0)
    expect([...logits]).toEqual([Math.log(3), Math.log(3)])
  })

  test('a trial that never trades has the ratio 0', () => {
    const idle = Float64Array.from([0, -1, 0, -3, 0, -1, 0, -3])
    expect(backtestOverfitting({ values: idle, trials: 2 }, 2)).toMatchObject({ probability: 0, lossProbability: 0 })
  })
})

test('luck alone: half of the time the best in sample is below the median; with skill never', () => {
  const random = seededRandom(3)
  const drawn = (skill: number) => {
    const values = Float64Array.from({ length: 160 * 10 }, (_, i) => normal(random) + (i % 10 === 4 ? skill : 0))
    return backtestOverfitting({ values, trials: 10 }, 8).probability
  }
  const noise = Array.from({ length: 60 }, () => drawn(0))
  expect(Math.abs(meanOf(noise) - 0.5)).toBeLessThan(0.06)
  expect(drawn(1)).toBe(0)
})

test('too few trials or periods are named; slices are even and bounded', () => {
  const of = (length: number, trials: number) => () =>
    backtestOverfitting({ values: new Float64Array(length), trials }, 4)
  expect(of(8, 1)).toThrow('1 trials of 8 periods; at least 2 trials of 8 whole periods')
  expect(of(14, 2)).toThrow('2 trials of 7 periods')
  expect(of(16, 2)).not.toThrow()
  for (const slices of [3, 22, 0])
    expect(() => backtestOverfitting({ values: new Float64Array(200), trials: 2 }, slices)).toThrow('even slices')
})
