import { expect, test } from 'vitest'
import { momentMeans } from '../../../src/training/gate/moment-means.ts'

test('rows of one moment count once, in time order', () => {
  const endAt = Float64Array.of(10, 20, 30, 9, 20, 30)
  const made = momentMeans(endAt, Float64Array.of(1, 2, 3, 4, 6, 9))
  expect(made).toEqual({ at: Float64Array.of(9, 10, 20, 30), values: Float64Array.of(4, 1, 4, 6) })
})
