import { expect, test } from 'vitest'
import { InvariantError } from '../../../src/core/errors.ts'
import { rowTableOf } from '../../../src/training/rows/row-table-of.ts'
import { bar, SHAPE, windowsOf } from '../synthetic-windows.ts'

const features = Array.from({ length: 12 }, (_, i) => [i, 10 * i, -i])
const bars = features.map((_, i) => bar(i, 1_000 + i))
const windows = windowsOf(bars, features, 4)

test('a row for every bar, from its first window on', () => {
  const table = rowTableOf(windows, SHAPE)
  expect(table).toMatchObject({ symbol: bars[0]!.symbol, rows: 12, barMs: 1_000, schemaHash: 'synthetic' })
  expect([...table.values]).toEqual(features.flat())
  expect([...table.endAt]).toEqual(bars.map(({ endAt }) => endAt))
  expect([...table.bidTicks]).toEqual(bars.map(({ bidTicks }) => bidTicks))
  expect(table.volume[0]).toBe(bars[0]!.buyVolume + bars[0]!.sellVolume)
})

test('a ready first window tells of the rows before it: their values, and no prices', () => {
  const table = rowTableOf(windows.slice(6), SHAPE)
  expect(table.rows).toBe(3 + 6)
  expect([...table.values]).toEqual(features.slice(3).flat())
  expect([...table.startAt]).toEqual(bars.slice(3).map(({ startAt }) => startAt))
  expect([...table.ready]).toEqual(Array(9).fill(1))
  expect([...table.close].map(Number.isNaN)).toEqual([true, true, true, ...Array<boolean>(6).fill(false)])
})

test('a window that is ready over a hole tells of the bars that were made up in it', () => {
  const made = windows.filter((_, i) => i !== 5 && i !== 6) // Bars 5 and 6 did not come.
  const table = rowTableOf(made, SHAPE)
  expect(table.rows).toBe(12)
  expect([...table.values]).toEqual(features.flat())
  expect([5, 6].map((row) => Number.isNaN(table.bidTicks[row]))).toEqual([true, true])
})

test('a window that is not ready tells of nothing but its row', () => {
  const cold = windows.slice(6).map((window) => ({ ...window, ready: false }))
  expect(rowTableOf(cold, SHAPE).rows).toBe(6)
  expect(() => rowTableOf([], SHAPE)).toThrow(InvariantError)
})

test('tainted rows are told', () => {
  const spoilt = features.map((_, i) => bar(i, 1_000 + i, i === 3 ? ['gap'] : []))
  const { tainted, ready } = rowTableOf(windowsOf(spoilt, features, 4), SHAPE)
  expect([tainted[2], tainted[3], ready[2], ready[3]]).toEqual([0, 1, 1, 0])
})
