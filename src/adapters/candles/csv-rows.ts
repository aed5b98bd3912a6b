import { InputError } from '../../core/errors.ts'
import type { RawTable, TableShape, WantedColumn } from '../../market/candles/table.ts'
import { readDecimals } from './decimal-row.ts'
import { numberOf } from './number-text.ts'
import { type Choose, WantedRows } from './wanted-rows.ts'

/** Bytes; a file without line breaks is no CSV. */
const LINE_MAX = 65_536
const LINE_FEED = 10
const RETURN = 13

/** Reads comma-separated numbers piece by piece; the first line may be a header. */
export class CsvRows {
  readonly #file: string
  readonly #choose: Choose
  #rows: WantedRows | undefined
  /** For each cell of a line its place among the wanted columns, or −1. */
  #places = new Int32Array(0)
  #rest = new Uint8Array(0)
  /** Counted from 1. */
  #line = 0
  #emptyLine: number | undefined

  constructor(file: string, choose: Choose) {
    this.#file = file
    this.#choose = choose
  }

  feed(piece: Uint8Array): void {
    const bytes = new Uint8Array(this.#rest.length + piece.length)
    bytes.set(this.#rest)
    bytes.set(piece, this.#rest.length)
    let from = 0
    // Lines are short: looking for their ends here is quicker than a call of `indexOf` for each.
    for (let to = 0; to < bytes.length; to += 1) {
      if (bytes[to] !== LINE_FEED) continue
      this.#take(bytes, from, to)
      from = to + 1
    }
    this.#rest = bytes.slice(from)
    if (this.#rest.length > LINE_MAX) throw this.#bad(this.#line + 1, `it is longer than ${LINE_MAX} bytes`)
  }

  end(): RawTable {
    this.#take(this.#rest, 0, this.#rest.length)
    if (this.#rows === undefined) throw new InputError(`${this.#file}: it is empty`, { file: this.#file })
    return this.#rows.table()
  }

  #take(bytes: Uint8Array, from: number, end: number): void {
    this.#line += 1
    const to = bytes[end - 1] === RETURN ? end - 1 : end
    const rows = this.#rows
    if (rows !== undefined && this.#emptyLine === undefined) {
      if (readDecimals(bytes, from, to, this.#places, rows.extend(1), rows.rows)) {
        rows.rows += 1
        return
      }
    }
    this.#takeText(new TextDecoder().decode(bytes.subarray(from, to)))
  }

  /** A header, a line that is no row of plain decimals, or one with a fault. */
  #takeText(line: string): void {
    if (line.trim() === '') {
      this.#emptyLine ??= this.#line
      return
    }
    if (this.#emptyLine !== undefined) throw this.#bad(this.#emptyLine, 'it is empty; only the end of the file may be')
    const cells = line.split(',')
    if (this.#rows !== undefined) this.#add(this.#rows, cells)
    else this.#begin(cells)
  }

  #begin(cells: readonly string[]): void {
    const isHeader = numberOf(cells[0]!) === undefined
    const shape: TableShape = {
      file: this.#file,
      format: 'CSV',
      ...(isHeader && { names: cells.map((cell) => cell.trim().replace(/^"(.*)"$/, '$1')) }),
      width: cells.length,
      moments: new Set(),
      firstRow: this.#line + (isHeader ? 1 : 0),
    }
    const rows = new WantedRows(shape, this.#choose)
    this.#rows = rows
    this.#places = Int32Array.from(cells, (_, cell) => rows.wanted.findIndex(({ at }) => at === cell))
    if (!isHeader) this.#add(rows, cells)
  }

  #add(rows: WantedRows, cells: readonly string[]): void {
    const { width } = rows.shape
    if (cells.length !== width)
      throw this.#bad(this.#line, `it has ${cells.length} values; the first line has ${width}`)
    const columns = rows.extend(1)
    for (const [nth, wanted] of rows.wanted.entries()) {
      columns[nth]![rows.rows] = numberOf(cells[wanted.at]!) ?? this.#noNumber(wanted, cells[wanted.at]!)
    }
    rows.rows += 1
  }

  #noNumber({ name }: WantedColumn, text: string): never {
    throw this.#bad(this.#line, `${name} is ${JSON.stringify(text.slice(0, 80))}; it must be a number`)
  }

  #bad(line: number, rule: string): InputError {
    return new InputError(`${this.#file}: line ${line}: ${rule}`, { file: this.#file, line })
  }
}
