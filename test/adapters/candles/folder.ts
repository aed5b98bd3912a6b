import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import { readTable } from '../../../src/adapters/candles/read-table.ts'
import { candleLayout } from '../../../src/market/candles/layout.ts'
import type { RawTable, Role } from '../../../src/market/candles/table.ts'

export const FIXTURES = path.join(import.meta.dirname, '../../fixtures/candles')

/** A folder for the files of one test file. Returns what writes a file there and gives its path. */
export function candleFolder(): (name: string, content: string | Uint8Array) => string {
  const folder = mkdtempSync(path.join(tmpdir(), 'candles-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  return (name, content) => {
    const file = path.join(folder, name)
    writeFileSync(file, content)
    return file
  }
}

/** Reads candles, unchecked. */
export const readCandles = async (file: string): Promise<RawTable> =>
  (await readTable(file, (shape) => candleLayout(shape).columns)).table

export const valuesOf = (table: RawTable, role: Role): number[] => [...table.columns.get(role)!.values]

/** Row by row, in the order of the layout. */
export const rowsOf = ({ rows, columns }: RawTable): number[][] =>
  Array.from({ length: rows }, (_, row) => [...columns.values()].map(({ values }) => values[row]!))
