import { expect, test } from 'vitest'
import { normal, seededRandom } from '../../src/core/random.ts'
import { fitBaselines } from '../../src/training/baselines/fit-baselines.ts'
import type { Dataset, Split } from '../../src/training/dataset.ts'
import { fitRidge } from '../../src/training/fit-ridge.ts'
import { withRecency } from '../../src/training/with-recency.ts'
import { denseDataset } from './dense-dataset.ts'

const SHAPE = { featureNames: ['x'], steps: 1, barMs: 1_000, horizonBars: 1 }

/** Return = slope × x + noise; the slope turns from +1 to −1 in the middle of the training rows. */
function turning(rows: number): Dataset {
  const random = seededRandom(3)
  const inputs = Float32Array.from({ length: rows }, () => normal(random))
  const targetsBps = Float64Array.from(inputs, (x, row) => (row < rows / 2 ? x : -x) + normal(random))
  return denseDataset({ shape: SHAPE, inputs, targetsBps, variancesBps2: targetsBps.map((y) => y ** 2) })
}

const rowsOf = (from: number, to: number): Int32Array => Int32Array.from({ length: to - from }, (_, i) => from + i)
const data = turning(2_000)
const split: Split = { train: rowsOf(0, 1_950), validation: rowsOf(1_950, 2_000) }

test('a row counts half at the age of the half-life, from the newest one, times what it counted before', () => {
  const weighted = withRecency(data, 10)
  expect([1_999, 1_989, 1_979].map((row) => weighted.weights![row])).toEqual([1, 0.5, 0.25])
  expect(withRecency(weighted, 10).weights![1_989]).toBe(0.25)
})

test('ridge and the logistic baseline learn from the recent rows', () => {
  const slopeOf = (one: Dataset): number => fitRidge(one, split).model.mean.weights[0]!
  expect(Math.abs(slopeOf(data))).toBeLessThan(0.2)
  expect(slopeOf(withRecency(data, 100))).toBeLessThan(-0.8)
  const upAt = (one: Dataset, x: number): number => {
    const logistic = fitBaselines(one, split, 0.5).find(({ name }) => name === 'logistic')!
    const probe = denseDataset({ shape: SHAPE, inputs: Float32Array.of(x), targetsBps: Float64Array.of(0) })
    return logistic.forecast(probe).classes[2]!
  }
  expect(Math.abs(upAt(data, 1.5) - upAt(data, -1.5))).toBeLessThan(0.15)
  const recent = withRecency(data, 100)
  expect(upAt(recent, -1.5) - upAt(recent, 1.5)).toBeGreaterThan(0.5)
})
