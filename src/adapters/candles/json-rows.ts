import { InputError, messageOf } from '../../core/errors.ts'
import type { RawTable, TableShape } from '../../market/candles/table.ts'
import { numberOf } from './number-text.ts'
import { type Choose, WantedRows } from './wanted-rows.ts'

/** An array of rows, each an array of numbers (or of their decimal strings, as exchanges send them; `null` for none). */
export function jsonRows(file: string, text: string, choose: Choose): RawTable {
  const rows = parse(file, text)
  const bad = (row: number, rule: string): never => {
    throw new InputError(`${file}: row ${row + 1}: ${rule}`, { file, row: row + 1 })
  }
  const first = rows[0]
  if (first === undefined) throw new InputError(`${file}: it holds no rows`, { file })
  if (!Array.isArray(first)) return bad(0, 'it must be an array of numbers: [time, open, high, low, close, volume]')
  const shape: TableShape = { file, format: 'JSON', width: first.length, moments: new Set(), firstRow: 1 }
  const table = new WantedRows(shape, choose)
  const columns = table.extend(rows.length)
  for (const [row, cells] of rows.entries()) {
    if (!Array.isArray(cells) || cells.length !== first.length)
      bad(row, `it must be an array of ${first.length} numbers`)
    for (const [nth, { at, name }] of table.wanted.entries()) {
      const cell: unknown = (cells as unknown[])[at]
      columns[nth]![row] = cellValue(cell) ?? bad(row, `${name} is ${JSON.stringify(cell)}; it must be a number`)
    }
  }
  table.rows = rows.length
  return table.table()
}

function cellValue(cell: unknown): number | undefined {
  if (typeof cell === 'number') return cell
  if (cell === null) return Number.NaN
  return typeof cell === 'string' ? numberOf(cell) : undefined
}

function parse(file: string, text: string): readonly unknown[] {
  try {
    return JSON.parse(text) as unknown[]
  } catch (thrown) {
    throw new InputError(`${file}: it is no JSON: ${messageOf(thrown)}`, { file }, thrown)
  }
}
