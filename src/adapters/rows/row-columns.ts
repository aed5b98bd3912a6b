import type { RowTable } from '../../training/rows/row-table.ts'

/** The columns of a `RowTable`. */
export type RowColumns = Omit<RowTable, 'symbol' | 'featureNames' | 'schemaHash' | 'barMs' | 'rows'>
export type RowColumn = keyof RowColumns

/** One number a row: all columns but `values`. By the names that they have in files. */
export const SINGLE_COLUMNS = {
  start_at_ms: 'startAt',
  end_at_ms: 'endAt',
  ready: 'ready',
  tainted: 'tainted',
  open: 'open',
  high: 'high',
  low: 'low',
  close: 'close',
  volume: 'volume',
  bid_ticks: 'bidTicks',
  ask_ticks: 'askTicks',
  mark_price: 'markPrice',
  funding_rate: 'fundingRate',
  next_funding_at_ms: 'nextFundingAt',
} as const satisfies Readonly<Record<string, Exclude<RowColumn, 'values'>>>

export const ROW_COLUMNS: readonly RowColumn[] = [...Object.values(SINGLE_COLUMNS), 'values']

/** Zeros, for so many rows of so many features. */
export const emptyColumns = (rows: number, features: number): RowColumns => ({
  startAt: new Float64Array(rows),
  endAt: new Float64Array(rows),
  values: new Float32Array(rows * features),
  ready: new Uint8Array(rows),
  tainted: new Uint8Array(rows),
  open: new Float64Array(rows),
  high: new Float64Array(rows),
  low: new Float64Array(rows),
  close: new Float64Array(rows),
  volume: new Float64Array(rows),
  bidTicks: new Float64Array(rows),
  askTicks: new Float64Array(rows),
  markPrice: new Float64Array(rows),
  fundingRate: new Float64Array(rows),
  nextFundingAt: new Float64Array(rows),
})
