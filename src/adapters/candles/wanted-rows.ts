import { InputError } from '../../core/errors.ts'
import type { RawColumn, RawTable, TableShape, WantedColumn } from '../../market/candles/table.ts'

/** Chooses the columns to be read; throws `InputError` when it does not know the file's. */
export type Choose = (shape: TableShape) => readonly WantedColumn[]

/** Rows of one file, at most: ten years of minutes, in about 1 GiB of candles. */
export const ROWS_MAX = 5_500_000
const ROWS_FIRST = 4_096

/** Gathers the wanted columns of a file whose length is not known beforehand. */
export class WantedRows {
  readonly shape: TableShape
  readonly wanted: readonly WantedColumn[]
  rows = 0
  #columns: Float64Array<ArrayBuffer>[]

  constructor(shape: TableShape, choose: Choose) {
    this.shape = shape
    this.wanted = choose(shape)
    this.#columns = this.wanted.map(() => new Float64Array(ROWS_FIRST))
  }

  /** Makes room for `count` more rows; returns the columns, in the order of `wanted`, to be filled from `rows` on. */
  extend(count: number): readonly Float64Array[] {
    const rows = this.rows + count
    if (rows > ROWS_MAX) throw new InputError(`${this.shape.file}: it holds more than ${ROWS_MAX} rows`, { rows })
    if (rows > (this.#columns[0]?.length ?? 0)) {
      const size = Math.max(rows, 2 * this.#columns[0]!.length)
      this.#columns = this.#columns.map((old) => {
        const larger = new Float64Array(size)
        larger.set(old)
        return larger
      })
    }
    return this.#columns
  }

  table(): RawTable {
    const columns = this.wanted.map((column, nth): RawColumn => {
      return { ...column, values: this.#columns[nth]!.subarray(0, this.rows) }
    })
    return { shape: this.shape, rows: this.rows, columns: new Map(columns.map((column) => [column.role, column])) }
  }
}
