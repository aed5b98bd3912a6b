import { createHash } from 'node:crypto'
import type { RowTable } from '../../training/rows/row-table.ts'

/** SHA-256, hexadecimal, of rows by their content: values, labels and quotes. Equal rows from another source have the same. */
export function rowsHash(tables: readonly RowTable[]): string {
  const hash = createHash('sha256')
  for (const table of tables) {
    const { symbol, schemaHash, barMs, rows, startAt, values, ready, tainted, high, low, close } = table
    hash.update(JSON.stringify([symbol, schemaHash, barMs, rows]))
    const columns = [startAt, values, ready, tainted, high, low, close, table.bidTicks, table.askTicks]
    for (const { buffer, byteOffset, byteLength } of columns)
      hash.update(new Uint8Array(buffer, byteOffset, byteLength))
  }
  return hash.digest('hex')
}
