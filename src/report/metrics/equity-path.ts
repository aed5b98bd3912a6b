import type { BacktestRecord } from '../backtest/record.ts'

/** Equity from the opening balance on: columns of equal length, `at` ascending, epoch milliseconds. */
export interface EquityPath {
  readonly at: Float64Array
  readonly equity: Float64Array
}

/** The moments of a record, led by the one of the opening balance: its start, or one bar before the first close. */
export function momentsOfRecord({ equity, startAt, barMs }: BacktestRecord): Float64Array {
  const first = equity.at[0]
  const openedAt = first === undefined || startAt < first ? startAt : first - barMs
  return concat(openedAt, equity.at)
}

export const pathOf = (record: BacktestRecord): EquityPath => ({
  at: momentsOfRecord(record),
  equity: concat(record.startingBalance, record.equity.equity),
})

function concat(first: number, rest: Float64Array): Float64Array {
  const all = new Float64Array(rest.length + 1)
  all[0] = first
  all.set(rest, 1)
  return all
}
