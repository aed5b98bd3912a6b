import { expect, test } from 'vitest'
import { normal, seededRandom } from '../../src/core/random.ts'
import { scaleRow } from '../../src/model/scaler.ts'
import { fitScaler, scaleInPlace } from '../../src/training/scaler.ts'
import { denseInputs } from '../../src/training/window-inputs.ts'

const ROWS = 2_000

/** Windows of one step with one feature. */
const fitted = (values: Float32Array) =>
  fitScaler(
    {
      shape: { featureNames: ['x'], steps: 1, barMs: 60_000, horizonBars: 1 },
      inputs: denseInputs(values, 1),
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

test('in place is as row by row, clipped on both sides', () => {
  const scaler = { features: 2, centre: Float32Array.of(1, -1), scale: Float32Array.of(0.3, 7), clip: 2 }
  const values = Float32Array.of(1.1, 50, -9, 12.999, Number.NaN, -15.01)
  const expected = new Float32Array(6)
  scaleRow(scaler, values, 0, expected)
  scaleInPlace(scaler, values)
  expect(values).toEqual(expected)
  expect([values[1], values[2]]).toEqual([2, -2])
})
