import { expect, test } from 'vitest'
import type { FeatureRow } from '../../src/features/feature-row.ts'
import { windows } from '../../src/features/window.ts'
import { barOf } from './bars.ts'

const rowOf = (value: number, changes: Partial<FeatureRow> = {}): FeatureRow => ({
  bar: barOf(value),
  values: Float32Array.of(value, -value),
  schemaHash: 'x',
  ready: true,
  ...changes,
})

test('oldest first, row-major, ready when full', () => {
  const step = windows(3, 2)
  expect([1, 2, 3, 4].map((value) => step(rowOf(value)).ready)).toEqual([false, false, true, true])
  expect([...step(rowOf(5)).values]).toEqual([3, -3, 4, -4, 5, -5])
})

test('a window is a copy of its own', () => {
  const step = windows(1, 2)
  const first = step(rowOf(1))
  step(rowOf(2))
  expect([...first.values]).toEqual([1, -1])
})

test.each([
  ['a row that is not ready', { ready: false }],
  ['a tainted row', { bar: barOf(3, { taints: ['gap'] }) }],
] as const)('%s empties it', (_name, changes) => {
  const step = windows(2, 2)
  const ready = [rowOf(1), rowOf(2), rowOf(3, changes), rowOf(4), rowOf(5)].map((row) => step(row).ready)
  expect(ready).toEqual([false, true, false, false, true])
})
