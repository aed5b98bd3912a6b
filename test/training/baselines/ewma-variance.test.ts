import { expect, test } from 'vitest'
import { ewmaVariances } from '../../../src/training/baselines/ewma-variance.ts'

test('by hand: each forecast knows the squares before it only', () => {
  const found = ewmaVariances([4, 0, 8], 0.75, 2)
  expect([...found]).toEqual([2, 2.5, 1.875, 3.40625])
})

test('the weights of the past are those of an exponential mean', () => {
  const squares = [9, 1, 4, 16]
  const decay = 0.94
  const direct = squares.reduce((sum, square, t) => sum + 0.06 * decay ** (3 - t) * square, decay ** 4 * 5)
  expect(ewmaVariances(squares, decay, 5).at(-1)).toBeCloseTo(direct, 12)
})
