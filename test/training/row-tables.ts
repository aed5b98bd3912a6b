import type { RowTable } from '../../src/training/rows/row-table.ts'

const START_AT = 1_700_000_000_000

/** What a test says of a row; prices are mids, quotes stand 0.01 % around them. */
export interface GivenRow {
  readonly mid: number
  /** Default to the mids of the row before and of the row itself. */
  readonly open?: number
  readonly high?: number
  readonly low?: number
  readonly values?: readonly number[]
  readonly ready?: boolean
  readonly tainted?: boolean
  /** Bars that are missing before this one. */
  readonly hole?: number
}

/** A table of bars of a second. The close is the mid; a tick is 1. */
export function tableOf(given: readonly GivenRow[], featureNames: readonly string[] = ['x']): RowTable {
  let at = START_AT
  const startAt = given.map(({ hole = 0 }) => {
    at += 1_000 * (1 + hole)
    return at - 1_000
  })
  const opens = given.map(({ open, mid }, i) => open ?? given[i - 1]?.mid ?? mid)
  const column = (of: (row: GivenRow, i: number) => number): Float64Array => Float64Array.from(given, of)
  return {
    ...{ symbol: 'BTC/USDT:USDT', featureNames, schemaHash: 'synthetic', barMs: 1_000, rows: given.length },
    startAt: Float64Array.from(startAt),
    endAt: Float64Array.from(startAt, (start) => start + 1_000),
    values: Float32Array.from(given.flatMap(({ values }, i) => values ?? featureNames.map(() => i))),
    ready: Uint8Array.from(given, ({ ready = true }) => Number(ready)),
    tainted: Uint8Array.from(given, ({ tainted = false }) => Number(tainted)),
    open: Float64Array.from(opens),
    high: column(({ high, mid }, i) => high ?? Math.max(opens[i]!, mid)),
    low: column(({ low, mid }, i) => low ?? Math.min(opens[i]!, mid)),
    close: column(({ mid }) => mid),
    volume: column(() => 1),
    bidTicks: column(({ mid }) => 0.9999 * mid),
    askTicks: column(({ mid }) => 1.0001 * mid),
    markPrice: column(({ mid }) => mid),
    fundingRate: column(() => 0.0001),
    nextFundingAt: column(() => 0),
  }
}

/** The first `rows` rows. */
export function headOf(table: RowTable, rows: number): RowTable {
  const features = table.featureNames.length
  return {
    ...table,
    rows,
    values: table.values.slice(0, rows * features),
    ...Object.fromEntries(
      Object.entries(table)
        .filter(([name, column]) => name !== 'values' && ArrayBuffer.isView(column))
        .map(([name, column]) => [name, (column as Float64Array).slice(0, rows)]),
    ),
  }
}
