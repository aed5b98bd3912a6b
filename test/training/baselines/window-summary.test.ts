import { expect, test } from 'vitest'
import { windowSummary } from '../../../src/training/baselines/window-summary.ts'
import type { Dataset } from '../../../src/training/dataset.ts'
import { denseDataset, valuesOf } from '../dense-dataset.ts'

const dataset = (steps: number): Dataset =>
  denseDataset({
    shape: { featureNames: ['a', 'b'], steps, barMs: 1, horizonBars: 1 },
    inputs: Float32Array.from({ length: 2 * steps }, (_, i) => (i % 2 === 0 ? i / 2 : -10 * Math.floor(i / 2))),
    targetsBps: Float64Array.of(0),
  })

test('newest row, mean of the last 4 steps, mean of all', () => {
  const summary = windowSummary(dataset(8)) // a = 0 … 7, b = −10 a.
  const { shape } = summary
  expect([...valuesOf(summary)]).toEqual([7, -70, 5.5, -55, 3.5, -35])
  expect(shape.featureNames).toEqual(['a', 'b', 'a.mean4', 'b.mean4', 'a.mean8', 'b.mean8'])
  expect(shape.steps).toBe(1)
})

test('a span comes once where the window is short', () => {
  expect([...valuesOf(windowSummary(dataset(4)))]).toEqual([3, -30, 1.5, -15])
  expect([...valuesOf(windowSummary(dataset(1)))]).toEqual([0, 0])
})
