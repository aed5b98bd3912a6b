import { expect, test } from 'vitest'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { normalCdf } from '../../../src/model/heads/normal-quantile.ts'
import { bootstrapMean } from '../../../src/report/metrics/mean-bootstrap.ts'
import { momentsOf } from '../../../src/report/metrics/moments.ts'

const noise = (length: number, seed: number): Float64Array => {
  const random = seededRandom(seed)
  return Float64Array.from({ length }, () => normal(random))
}
const bootstrap = (values: Float64Array, blockMin = 1) =>
  bootstrapMean(values, { random: seededRandom(5), resamples: 2_000, blockMin })

test('of independent values: the standard error is s/√n, the probability Φ(mean ÷ that)', () => {
  const values = noise(2_500, 6).map((value) => value + 0.02)
  const { mean, deviation } = momentsOf(values)
  const made = bootstrap(values)
  expect(made.mean).toBe(mean)
  expect(made.deviation / (deviation / 50)).toBeCloseTo(1, 1)
  expect(made.probabilityAbove0).toBeCloseTo(normalCdf((50 * mean) / deviation), 1)
})

test('of sums of 10 neighbours: three times as wide as if they were independent', () => {
  const drawn = noise(3_010, 2)
  const values = Float64Array.from({ length: 3_000 }, (_, i) => drawn.slice(i, i + 10).reduce((a, b) => a + b))
  const made = bootstrap(values)
  expect(made.meanBlock).toBeGreaterThan(10)
  expect(made.deviation / (momentsOf(values).deviation / Math.sqrt(3_000))).toBeGreaterThan(2.5)
})

test('the least block holds, up to a third of the values', () => {
  expect(bootstrap(noise(300, 3), 40).meanBlock).toBe(40)
  expect(bootstrap(noise(300, 3), 200).meanBlock).toBe(100)
})

test('zeros are not above 0; the seed alone decides', () => {
  expect(bootstrap(new Float64Array(50))).toMatchObject({ probabilityAbove0: 0, mean: 0, deviation: 0 })
  expect(bootstrap(new Float64Array(50).fill(2))).toMatchObject({ probabilityAbove0: 1, mean: 2, deviation: 0 })
  expect(bootstrap(noise(200, 4))).toEqual(bootstrap(noise(200, 4)))
})
