import type { TimedRows } from './purge.ts'

/** When bars closed, each moment once, ascending: instruments that close together are one. */
export const momentsOf = ({ endAt }: Pick<TimedRows, 'endAt'>, rows: Int32Array): Float64Array =>
  Float64Array.from(new Set(Array.from(rows, (row) => endAt[row]!))).sort()

export const allRows = ({ rows }: Pick<TimedRows, 'rows'>): Int32Array =>
  Int32Array.from({ length: rows }, (_, row) => row)

/** Those of `rows` whose bar closed from moment number `from` on and before number `to`. */
export function rowsBetween(
  { endAt }: Pick<TimedRows, 'endAt'>,
  rows: Int32Array,
  moments: Float64Array,
  [from, to]: readonly [from: number, to: number],
): Int32Array {
  const fromAt = moments[from] ?? Number.POSITIVE_INFINITY
  const toAt = moments[to] ?? Number.POSITIVE_INFINITY
  return rows.filter((row) => endAt[row]! >= fromAt && endAt[row]! < toAt)
}

/** Numbers `from` … `to` in `parts` of equal size, one more in some: where each begins, and the end. */
export const evenCuts = (from: number, to: number, parts: number): readonly number[] =>
  Array.from({ length: parts + 1 }, (_, part) => from + Math.round(((to - from) * part) / parts))
