import { expect, test } from 'vitest'
import { empiricalLaw } from '../../../src/training/baselines/empirical-law.ts'

const law = empiricalLaw(Float64Array.of(3, -2, 0, 1, -1))

test('mean and quantiles of the sample', () => {
  expect(law.mean).toBeCloseTo(0.2, 12)
  expect(law.quantiles([0, 0.5, 1])).toEqual([-2, 0, 3])
})

test.each([
  ['a value at the threshold is flat', 1, [1, 3, 1]],
  ['just below it', 0.999, [2, 1, 2]],
  ['above all', 9, [0, 5, 0]],
  ['zero', 0, [2, 1, 2]],
])('%s: shares with one added to each class', (_name, threshold, counts) => {
  const shares = law.classShares(threshold)
  expect(shares.map((share) => Math.round(share * 8) - 1)).toEqual(counts)
  expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 12)
})
