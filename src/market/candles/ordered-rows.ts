import type { CandleRepairs } from './candle.ts'
import { badFile, badRow, type RawTable, rowName } from './table.ts'

/** What is done about bad rows: refused, or put right and counted. */
export interface Repair {
  readonly gaps: 'error' | 'fill'
  /** `drop`: of rows of one time the last in the file stays: downloads that overlap repeat an unfinished candle, finished. */
  readonly duplicates: 'error' | 'drop'
  readonly unsorted: 'error' | 'sort'
  /** `drop` leaves a gap. */
  readonly nonFinite: 'error' | 'drop'
}

/** Rows whose moments lie in `[from, to)`, milliseconds. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** Rows in the order of their moments, all different, all values finite. */
export interface OrderedRows {
  readonly rows: Int32Array
  readonly repairs: Omit<CandleRepairs, 'gapsFilled'>
}

/** Throws `InputError` for the first row that breaks a rule that `repair` does not put right, and when nothing is left. */
export function orderedRows(table: RawTable, moments: Float64Array, span: Span, repair: Repair): OrderedRows {
  const inside = rowsInside(table, moments, span)
  const finite = finiteRows(table, inside, repair)
  const unsortedReordered = sortRows(table, moments, finite, repair)
  const rows = distinctRows(table, moments, finite, repair)
  if (rows.length === 0) throw badFile(table.shape.file, 'no row is left: all hold values that are no finite number')
  const duplicatesDropped = finite.length - rows.length
  return { rows, repairs: { nonFiniteDropped: inside.length - finite.length, unsortedReordered, duplicatesDropped } }
}

/** Rows without a moment are inside: something is wrong with them. */
function rowsInside({ shape, rows }: RawTable, moments: Float64Array, { from, to }: Span): Int32Array {
  if (rows === 0) throw badFile(shape.file, 'it holds no rows')
  const inside = new Int32Array(rows)
  let count = 0
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (let row = 0; row < rows; row += 1) {
    const at = moments[row]!
    if (at < first) first = at
    if (at > last) last = at
    if (at < from || at >= to) continue
    inside[count] = row
    count += 1
  }
  if (count === 0) {
    throw badFile(
      shape.file,
      `no row lies from ${from} up to ${to}; it holds ${first} to ${last} (milliseconds since 1970)`,
    )
  }
  return inside.subarray(0, count)
}

function finiteRows({ shape, rows, columns }: RawTable, inside: Int32Array, { nonFinite }: Repair): Int32Array {
  const isWhole = new Uint8Array(rows).fill(1)
  let bad: { row: number; name: string; value: number } | undefined
  for (const { name, values } of columns.values()) {
    for (const row of inside) {
      if (Number.isFinite(values[row])) continue
      isWhole[row] = 0
      if (bad === undefined || row < bad.row) bad = { row, name, value: values[row]! }
    }
  }
  if (bad === undefined) return inside
  if (nonFinite === 'error') throw badRow(shape, bad.row, bad.name, bad.value, 'it must be a finite number')
  return inside.filter((row) => isWhole[row] === 1)
}

/** Sorts in place, rows of one time in the order of the file; returns how many stood behind a later one. */
function sortRows(table: RawTable, moments: Float64Array, rows: Int32Array, { unsorted }: Repair): number {
  let latest = Number.NEGATIVE_INFINITY
  let count = 0
  for (let n = 0; n < rows.length; n += 1) {
    const at = moments[rows[n]!]!
    if (at >= latest) {
      latest = at
      continue
    }
    if (unsorted === 'error') throw outOfOrder(table, moments, rows, n)
    count += 1
  }
  if (count > 0) rows.sort((a, b) => moments[a]! - moments[b]! || a - b)
  return count
}

/** Row `n` is earlier than the one before it. Which of the two is wrong, the rows around them say. */
function outOfOrder({ shape, columns }: RawTable, moments: Float64Array, rows: Int32Array, n: number): Error {
  const { name } = columns.get('time')!
  const at = (place: number): number => moments[rows[place] ?? -1] ?? Number.NaN
  const isBeforeLate = at(n + 1) <= at(n - 1) && !(at(n) <= at(n - 2))
  return isBeforeLate
    ? badRow(shape, rows[n - 1]!, name, at(n - 1), `it must be earlier than ${at(n)} of the row behind it`)
    : badRow(shape, rows[n]!, name, at(n), `it must be later than ${at(n - 1)} of the row before it`)
}

function distinctRows(
  { shape, columns }: RawTable,
  moments: Float64Array,
  rows: Int32Array,
  { duplicates }: Repair,
): Int32Array {
  const kept = new Int32Array(rows.length)
  let count = 0
  for (const row of rows) {
    const before = kept[count - 1]
    const isRepeated = before !== undefined && moments[before] === moments[row]
    if (isRepeated && duplicates === 'error') {
      throw badRow(shape, row, columns.get('time')!.name, moments[row]!, `${rowName(shape, before)} has the same time`)
    }
    if (!isRepeated) count += 1
    kept[count - 1] = row
  }
  return kept.subarray(0, count)
}
