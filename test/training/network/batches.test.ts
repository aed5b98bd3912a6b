import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { shuffledRows, updatesOf } from '../../../src/training/network/batches.ts'

test('every row is in one batch, weights of an update sum to 1', () => {
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
      for (const batches of updates) {
        expect(batches.length).toBeLessThanOrEqual(perUpdate)
        const total = batches.reduce((sum, { weights }) => sum + weights.reduce((a, b) => a + b, 0), 0)
        expect(total).toBeCloseTo(1, 5)
      }
    }),
  )
})

test('weights are in proportion to those of the rows', () => {
  const [[batch]] = updatesOf(Int32Array.of(2, 0), Float32Array.of(1, 9, 3), 4, 1) as [[{ weights: Float32Array }]]
  expect([...batch.weights]).toEqual([0.75, 0.25, 0, 0])
})
