import { InputError } from '../../core/errors.ts'

/** What a column of a file means to us. */
export type Role =
  | 'time'
  | 'open'
  | 'high'
  | 'low'
  | 'close'
  | 'volume'
  | 'quoteVolume'
  | 'tradeCount'
  | 'takerBuyVolume'
  | 'rate'

/** What a file shows of itself before its rows are read. */
export interface TableShape {
  readonly file: string
  readonly format: 'CSV' | 'JSON' | 'Arrow' | 'Parquet'
  /** In the order of the file; absent where it has no header. */
  readonly names?: readonly string[]
  /** How many columns there are. */
  readonly width: number
  /** Positions of the columns that the file types as moments: their values come in milliseconds whatever the file's unit. */
  readonly moments: ReadonlySet<number>
  /** What messages call the first row: a line in a CSV, counted from 1 with the header; a row, counted from 1, elsewhere. */
  readonly firstRow: number
}

/** A column to be read. */
export interface WantedColumn {
  readonly role: Role
  /** Position in the file. */
  readonly at: number
  /** As the file calls it, for messages; the role where it has no header. */
  readonly name: string
}

/** The wanted columns of a file, read but not checked: values may be NaN or infinite. Equally long. */
export interface RawTable {
  readonly shape: TableShape
  readonly rows: number
  readonly columns: ReadonlyMap<Role, RawColumn>
}

export interface RawColumn extends WantedColumn {
  readonly values: Float64Array
}

/** `line 17` or `row 16`. */
export const rowName = (shape: TableShape, row: number): string =>
  `${shape.format === 'CSV' ? 'line' : 'row'} ${shape.firstRow + row}`

/** An error that names file, row, column, value and rule. */
export function badRow(shape: TableShape, row: number, name: string, value: number | string, rule: string): InputError {
  const { file } = shape
  return new InputError(`${file}: ${rowName(shape, row)}: ${name} is ${value}; ${rule}`, {
    file,
    row,
    name,
    value,
    rule,
  })
}

export const badFile = (file: string, rule: string): InputError => new InputError(`${file}: ${rule}`, { file, rule })
