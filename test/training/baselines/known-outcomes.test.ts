import { expect, test } from 'vitest'
import { fromKnownOutcomes, seriesRows } from '../../../src/training/baselines/known-outcomes.ts'
import { denseDataset } from '../dense-dataset.ts'

const data = denseDataset({
  shape: { featureNames: ['x'], steps: 1, barMs: 1_000, horizonBars: 2 },
  inputs: new Float32Array(7),
  targetsBps: Float64Array.of(1, 2, 3, 4, 10, 20, 30),
  endAt: Float64Array.of(0, 1, 2, 3, 0, 1, 2),
  series: Int32Array.of(0, 0, 0, 0, 5, 5, 5),
})

/** At t the sum of all before t. */
const sumsBefore = (values: Float64Array): Float64Array => {
  let sum = 0
  return Float64Array.of(
    0,
    ...values.map((value) => {
      sum += value
      return sum
    }),
  )
}

test('series begin where the number changes', () => {
  expect(seriesRows(data)).toEqual([
    { from: 0, to: 4 },
    { from: 4, to: 7 },
  ])
  expect(seriesRows({ rows: 0, series: new Int32Array(0) })).toEqual([])
})

test('over a horizon of two bars a row knows the outcomes of its series up to two rows before it', () => {
  expect([...fromKnownOutcomes(data, data.targetsBps, -1, sumsBefore)]).toEqual([-1, -1, 1, 3, -1, -1, 10])
})
