import type { RawTable, Role, TableShape, WantedColumn } from '../../../src/market/candles/table.ts'

export const MINUTE = 60_000
/** 2025-01-01T00:00:00Z. */
export const START = 1_735_689_600_000
export const REFUSE = { gaps: 'error', duplicates: 'error', unsorted: 'error', nonFinite: 'error' } as const
export const MEND = { gaps: 'fill', duplicates: 'drop', unsorted: 'sort', nonFinite: 'drop' } as const
export const ALWAYS = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }

/** `[ts, open, high, low, close, volume]` of `count` minutes from `START` on, each different. */
export const minutes = (count: number): number[][] =>
  Array.from({ length: count }, (_, n) => {
    const open = 100 + (n % 7)
    const close = 100 + ((n + 1) % 7)
    return [START + n * MINUTE, open, Math.max(open, close) + 1, Math.min(open, close) - 1, close, 10 + n]
  })

/** A table of the plain layout, as a CSV with a header would give it. */
export function plainTable(rows: readonly (readonly number[])[]): RawTable {
  const roles: readonly Role[] = ['time', 'open', 'high', 'low', 'close', 'volume']
  return tableOf(rows, ['ts', ...roles.slice(1)], roles)
}

/** `[ts, rate]`. */
export const rateTable = (rows: readonly (readonly number[])[]): RawTable =>
  tableOf(rows, ['ts', 'rate'], ['time', 'rate'])

function tableOf(rows: readonly (readonly number[])[], names: readonly string[], roles: readonly Role[]): RawTable {
  const shape = shapeOf(names)
  const columns = roles.map((role, at) => {
    const column: WantedColumn = { role, at, name: names[at]! }
    return { ...column, values: Float64Array.from(rows, (row) => row[at]!) }
  })
  return { shape, rows: rows.length, columns: new Map(columns.map((column) => [column.role, column])) }
}

export const shapeOf = (names: readonly string[]): TableShape => ({
  file: 'bars.csv',
  format: 'CSV',
  names,
  width: names.length,
  moments: new Set(),
  firstRow: 2,
})

/** Without a header. */
export const headlessShape = (width: number): TableShape => ({
  file: 'bars.json',
  format: 'JSON',
  width,
  moments: new Set(),
  firstRow: 1,
})
