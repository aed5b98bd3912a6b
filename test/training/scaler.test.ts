import { expect, test } from 'vitest'
import { normal, seededRandom } from '../../src/core/random.ts'
import { fitScaler } from '../../src/training/scaler.ts'

const ROWS = 2_000

/** Windows of one step with one feature. */
const fitted = (values: Float32Array) =>
  fitScaler(
    {
      shape: { featureNames: ['x'], steps: 1, barMs: 60_000, horizonBars: 1 },
      rows: values.length,
      inputs: values,
      targetsBps: new Float64Array(values.length),
      variancesBps2: new Float64Array(values.length),
      endAt: new Float64Array(values.length),
      series: new Int32Array(values.length),
    },
    Int32Array.from(values.keys()),
  )

const around = (centre: number, deviation: number): Float32Array => {
  const random = seededRandom(1)
  return Float32Array.from({ length: ROWS }, () => centre + deviation * normal(random))
}

test.each([
  [0, 1],
  [1e-5, 1e-7],
  [60_000, 0.5],
  [3e8, 100],
])('around %d the deviation %d is found', (centre, deviation) => {
  const { centre: found, scale } = fitted(around(centre, deviation))
  expect(Math.abs(found[0]! - centre) / deviation).toBeLessThan(0.1)
  expect(scale[0]! / deviation).toBeGreaterThan(0.95)
  expect(scale[0]! / deviation).toBeLessThan(1.05)
})

test.each([0, 0.1, 60_000.1, 1.7e9])('a feature that is always %d is left unscaled', (value) => {
  expect(fitted(around(value, 0)).scale[0]).toBe(1)
})
