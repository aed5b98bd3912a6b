import { expect, test } from 'vitest'
import { rowsHash } from '../../../src/wiring/trainer/rows-hash.ts'
import { rowsUntil, slicedTable } from '../../../src/wiring/trainer/training-rows.ts'
import { madeRows } from '../evaluation/made-rows.ts'

const table = madeRows({ seed: 1, rows: 50 })
const hash = rowsHash([table])

test('rows are named by their content, a view like a copy', () => {
  const longer = madeRows({ seed: 1, rows: 50, missing: [] })
  expect(rowsHash([longer])).toBe(hash)
  const part = slicedTable(table, 10, 30)
  expect(rowsHash([slicedTable(slicedTable(table, 5, 40), 5, 25)])).toBe(rowsHash([part]))
  expect(rowsHash([part])).not.toBe(hash)
})

test.each(['values', 'close', 'high', 'low', 'bidTicks', 'tainted', 'ready', 'startAt'] as const)(
  'one other value in the middle of %s is another hash',
  (column) => {
    const other = table[column].slice()
    other[25] = other[25]! + 1
    expect(rowsHash([{ ...table, [column]: other }])).not.toBe(hash)
  },
)

test('rows until a moment are those whose bar has closed by then', () => {
  expect(rowsUntil(table, table.endAt[9]!).rows).toBe(10)
  expect(rowsUntil(table, table.endAt[9]! - 1).rows).toBe(9)
  expect(rowsUntil(table, 0).rows).toBe(0)
})
