import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvariantError } from '../../../src/core/errors.ts'
import { isWholeWindow, tableWindows } from '../../../src/training/rows/table-windows.ts'
import { gather } from '../../../src/training/window-inputs.ts'
import type { GivenRow } from '../row-tables.ts'
import { tableOf } from '../row-tables.ts'

const SHAPE = { featureNames: ['x'], steps: 3 }

const wholeRows = (rows: readonly GivenRow[]): number[] => {
  const isWhole = isWholeWindow(tableOf(rows), SHAPE)
  return [...rows.keys()].filter(isWhole)
}
const six = (changes: Partial<GivenRow>, at: number): GivenRow[] =>
  Array.from({ length: 6 }, (_, i) => ({ mid: 100, ...(i === at && changes) }))

describe('a whole window', () => {
  test.each<[string, GivenRow[], number[]]>([
    ['needs `steps` rows', six({}, 0), [2, 3, 4, 5]],
    ['holds no row that is not ready', six({ ready: false }, 2), [5]],
    ['reaches over no missing bar', six({ hole: 1 }, 2), [4, 5]],
    ['ends in no tainted bar', six({ tainted: true, ready: false }, 5), [2, 3, 4]],
    ['holds a tainted bar that the engine stood in for, as live', six({ tainted: true }, 3), [2, 4, 5]],
  ])('%s', (_name, rows, expected) => {
    expect(wholeRows(rows)).toEqual(expected)
  })

  test('as said row by row', () => {
    const row = fc.record({ ready: fc.boolean(), tainted: fc.boolean(), hole: fc.constantFrom(0, 0, 1) })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.integer({ min: 1, max: 4 }), (given, steps) => {
        const rows = given.map((one) => ({ mid: 100, ...one, ready: one.ready || one.hole === 1 }))
        const isWhole = isWholeWindow(tableOf(rows), { featureNames: ['x'], steps })
        for (const end of rows.keys()) {
          const window = rows.slice(Math.max(0, end - steps + 1), end + 1)
          const expected =
            window.length === steps &&
            window.every(({ ready }) => ready) &&
            window.slice(1).every(({ hole }) => hole === 0) &&
            !rows[end]!.tainted
          expect(isWhole(end)).toBe(expected)
        }
      }),
    )
  })
})

test('windows come out of their own tables, oldest row first', () => {
  const [a, b] = [0, 100].map((base) =>
    tableOf(
      Array.from({ length: 4 }, (_, i) => ({ mid: 1, values: [base + i, base - i] })),
      ['x', 'y'],
    ),
  )
  const ends = [
    { table: 1, row: 3 },
    { table: 0, row: 1 },
  ]
  const windows = tableWindows([a!, b!], ends, { featureNames: ['x', 'y'], steps: 2 })
  expect([windows.rows, windows.width]).toEqual([2, 4])
  expect([...gather(windows, Int32Array.of(0, 1))]).toEqual([102, 98, 103, 97, 0, 0, 1, -1])
})

test('a table of other features is a bug', () => {
  expect(() => tableWindows([tableOf([{ mid: 1 }])], [], { featureNames: ['x', 'y'], steps: 1 })).toThrow(
    InvariantError,
  )
})
