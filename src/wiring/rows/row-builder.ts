import { emptyColumns, ROW_COLUMNS, type RowColumn, type RowColumns } from '../../adapters/rows/row-columns.ts'
import { InputError } from '../../core/errors.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { FeatureRow } from '../../features/feature-row.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import type { RowTable } from '../../training/rows/row-table.ts'

const ROWS_FIRST = 1_024

/** A growing `RowTable`: columns double, so that a row costs the same on average however many there are. */
export class RowBuilder {
  readonly #symbol: InstrumentSymbol
  readonly #schema: FeatureSchema
  readonly #rowsMax: number
  #columns: RowColumns
  #capacity: number
  #rows = 0

  constructor(symbol: InstrumentSymbol, schema: FeatureSchema, rowsMax: number) {
    this.#symbol = symbol
    this.#schema = schema
    this.#rowsMax = rowsMax
    this.#capacity = Math.min(ROWS_FIRST, rowsMax)
    this.#columns = emptyColumns(this.#capacity, schema.names.length)
  }

  /** Throws `InputError` past `rowsMax`. */
  push({ bar, values, ready }: FeatureRow): void {
    this.#reserve(1)
    const row = this.#rows
    const columns = this.#columns
    columns.startAt[row] = bar.startAt
    columns.endAt[row] = bar.endAt
    columns.values.set(values, row * values.length)
    columns.ready[row] = Number(ready)
    columns.tainted[row] = Number(bar.taints.length > 0)
    columns.open[row] = bar.open
    columns.high[row] = bar.high
    columns.low[row] = bar.low
    columns.close[row] = bar.close
    columns.volume[row] = bar.buyVolume + bar.sellVolume
    columns.bidTicks[row] = bar.bidTicks
    columns.askTicks[row] = bar.askTicks
    columns.markPrice[row] = bar.markPrice
    columns.fundingRate[row] = bar.fundingRate
    columns.nextFundingAt[row] = bar.nextFundingAt
    this.#rows += 1
  }

  /** Rows that were computed before, from row `first` on. Throws `InputError` past `rowsMax`. */
  append(table: RowTable, first: number): void {
    const count = table.rows - first
    this.#reserve(count)
    for (const name of ROW_COLUMNS) {
      const width = this.#width(name)
      this.#columns[name].set(table[name].subarray(first * width), this.#rows * width)
    }
    this.#rows += count
  }

  /** A copy of its own, no longer than its rows. */
  table(): RowTable {
    return {
      symbol: this.#symbol,
      featureNames: this.#schema.names,
      schemaHash: this.#schema.hash,
      barMs: this.#schema.settings.barMs,
      rows: this.#rows,
      ...this.#copied(this.#rows),
    }
  }

  #reserve(count: number): void {
    const needed = this.#rows + count
    if (needed > this.#rowsMax) {
      throw new InputError(
        `rowsMax was ${this.#rowsMax}; ${this.#symbol} has more bars: raise it, or take a shorter span or longer bars`,
        { key: 'rowsMax', symbol: this.#symbol },
      )
    }
    if (needed <= this.#capacity) return
    this.#capacity = Math.min(this.#rowsMax, Math.max(needed, 2 * this.#capacity))
    this.#columns = this.#copied(this.#capacity)
  }

  #copied(capacity: number): RowColumns {
    const copy = emptyColumns(capacity, this.#schema.names.length)
    for (const name of ROW_COLUMNS) copy[name].set(this.#columns[name].subarray(0, this.#rows * this.#width(name)))
    return copy
  }

  #width(name: RowColumn): number {
    return name === 'values' ? this.#schema.names.length : 1
  }
}
