import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { shuffledRows, updatesOf } from '../../../src/training/network/batches.ts'

test('every row is in one batch, weights of an update sum to 1 on average', () => {
  const sizes = fc.record({
    rows: fc.integer({ min: 1, max: 200 }),
    size: fc.integer({ min: 1, max: 50 }),
    perUpdate: fc.integer({ min: 1, max: 5 }),
    weighted: fc.boolean(),
  })
  fc.assert(
    fc.property(sizes, ({ rows, size, perUpdate, weighted }) => {
      const order = shuffledRows(rows, seededRandom(rows))
      const rowWeights = weighted ? Float32Array.from({ length: rows }, (_, i) => 1 + (i % 7)) : undefined
      const updates = updatesOf(order, rowWeights, size, perUpdate)
      const seen = updates.flat().flatMap(({ rows: chosen, weights }) => {
        expect([chosen.length, weights.length]).toEqual([size, size])
        return [...chosen].filter((_, i) => weights[i]! > 0)
      })
      expect(seen.toSorted((a, b) => a - b)).toEqual([...Array(rows).keys()])
      const sums: number[] = []
      for (const batches of updates) {
        expect(batches.length).toBeLessThanOrEqual(perUpdate)
        const total = batches.reduce((sum, { weights }) => sum + weights.reduce((a, b) => a + b, 0), 0)
        sums.push(total * batches.flatMap(({ weights }) => [...weights]).filter((weight) => weight > 0).length)
      }
      // Each update's sum times its rows: over all rows the mean weight is 1.
      expect(sums.reduce((a, b) => a + b, 0)).toBeCloseTo(rows, 3)
    }),
  )
})

test('old rows count less, also alone in their update', () => {
  const updates = updatesOf(Int32Array.of(0, 1), Float32Array.of(1, 3), 1, 1)
  expect(updates.map(([batch]) => batch!.weights[0])).toEqual([0.5, 1.5])
  const fading = updatesOf(Int32Array.of(0, 1), Float32Array.of(0, 1), 1, 1)
  expect(fading.map(([batch]) => batch!.weights[0])).toEqual([0, 2])
})

test('weights are in proportion to those of the rows', () => {
  const updates = updatesOf(Int32Array.of(2, 0), Float32Array.of(1, 2, 3), 4, 1)
  expect(updates.map((batches) => batches.map(({ weights }) => [...weights]))).toEqual([[[0.75, 0.25, 0, 0]]])
})
