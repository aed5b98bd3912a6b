import { check } from '../../core/check.ts'
import type { WindowInputs } from '../window-inputs.ts'
import type { RowTable } from './row-table.ts'

/** Where a window ends: a row of one of several tables. */
export interface WindowEnd {
  readonly table: number
  readonly row: number
}

interface WindowShape {
  readonly featureNames: readonly string[]
  readonly steps: number
}

/**
 * Whether the window that ends in a row is one that the live engine would forecast on: `steps` ready rows of bars that follow each other
 * without a hole, the last untainted. A tainted bar before it is ready only where `features.missing.rule: carry` stands in for it, as live.
 */
export function isWholeWindow(table: RowTable, { steps }: WindowShape): (row: number) => boolean {
  const { rows, ready, tainted, startAt, endAt } = table
  const filled = new Int32Array(rows)
  for (let row = 0; row < rows; row += 1) {
    const follows = row > 0 && startAt[row] === endAt[row - 1]
    filled[row] = ready[row] === 1 ? 1 + (follows ? filled[row - 1]! : 0) : 0
  }
  return (row) => filled[row]! >= steps && tainted[row] === 0
}

/** The windows of `steps` rows that end at `ends`, each copied out of its table. */
export function tableWindows(
  tables: readonly RowTable[],
  ends: readonly WindowEnd[],
  { featureNames, steps }: WindowShape,
): WindowInputs {
  const features = featureNames.length
  for (const { symbol, values, rows } of tables) {
    check(values.length === rows * features, `values of ${features} features in the rows of ${symbol}`, values.length)
  }
  const width = steps * features
  const tableOf = Int32Array.from(ends, ({ table }) => table)
  const startOf = Int32Array.from(ends, ({ row }) => (row + 1 - steps) * features)
  return {
    rows: ends.length,
    width,
    copy(row, into, offset) {
      const start = startOf[row]!
      into.set(tables[tableOf[row]!]!.values.subarray(start, start + width), offset)
    },
  }
}
