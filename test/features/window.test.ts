import { expect, test } from 'vitest'
import type { FeatureRow } from '../../src/features/feature-row.ts'
import { FeatureWindows } from '../../src/features/window.ts'
import { barOf } from './bars.ts'

const rowOf = (value: number, changes: Partial<FeatureRow> = {}): FeatureRow => ({
  bar: barOf(value),
  values: Float32Array.of(value, -value),
  schemaHash: 'x',
  ready: true,
  ...changes,
})

function windowsOf(steps: number) {
  const windows = new FeatureWindows(steps, 2)
  return (row: FeatureRow) => {
    windows.open().set(row.values)
    windows.push(row.ready)
    return windows.ending(row)
  }
}

test('oldest first, row-major, ready when full', () => {
  const step = windowsOf(3)
  expect([1, 2, 3, 4].map((value) => step(rowOf(value)).ready)).toEqual([false, false, true, true])
  expect([...step(rowOf(5)).values]).toEqual([3, -3, 4, -4, 5, -5])
})

test('a window never changes, however many rows follow', () => {
  const step = windowsOf(2)
  const windows = Array.from({ length: 1_000 }, (_, at) => step(rowOf(at)))
  for (const [at, { values }] of windows.entries()) {
    const before = at === 0 ? [0, 0] : [at - 1, 1 - at]
    expect([...values].map((value) => value + 0)).toEqual([...before, at, -at].map((value) => value + 0))
  }
})

test('a row that is not usable empties it', () => {
  const step = windowsOf(2)
  const rows = [rowOf(1), rowOf(2), rowOf(3, { ready: false }), rowOf(4), rowOf(5)]
  expect(rows.map((row) => step(row).ready)).toEqual([false, true, false, false, true])
})

test('a usable row for a tainted bar stays in the window, and no decision is taken on it', () => {
  const step = windowsOf(2)
  const rows = [rowOf(1), rowOf(2), rowOf(3, { bar: barOf(3, { taints: ['gap'] }) }), rowOf(4)]
  expect(rows.map((row) => step(row).ready)).toEqual([false, true, false, true])
})
