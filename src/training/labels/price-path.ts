import type { RowTable } from '../rows/row-table.ts'

/** The mid of a table's rows. Mids, not trades: a close at bid or ask would seem to foretell its own return to the middle. */
export interface PricePath {
  /** 10,000 · ln(mid at the close); NaN where the book is void. */
  readonly logsBps: Float64Array
  /** Row up to which no bar is missing or tainted and no book void, seen from each row; −1 where that fails at the row itself. */
  readonly reach: Int32Array
  /** Log-return of the mid from the close of row `from` to that of `to`, basis points. */
  returnBps(from: number, to: number): number
  /** Σ of the squared log-returns of the bars after `from` up to `to`, square basis points. */
  varianceBps2(from: number, to: number): number
}

export function pricePath({ rows, bidTicks, askTicks, startAt, endAt, tainted }: RowTable): PricePath {
  const mids = bidTicks.map((bid, row) => (bid + askTicks[row]!) / 2)
  const logsBps = mids.map((mid) => 10_000 * Math.log(mid))
  const reach = new Int32Array(rows)
  for (let row = rows - 1; row >= 0; row -= 1) {
    const isClean = tainted[row] === 0 && Number.isFinite(logsBps[row]!)
    const isFollowed = row + 1 < rows && startAt[row + 1] === endAt[row] && reach[row + 1]! >= 0
    reach[row] = isClean ? (isFollowed ? reach[row + 1]! : row) : -1
  }
  return {
    logsBps,
    reach,
    returnBps: (from, to) => 10_000 * Math.log(mids[to]! / mids[from]!),
    varianceBps2(from, to) {
      let sum = 0
      for (let row = from + 1; row <= to; row += 1) sum += (logsBps[row]! - logsBps[row - 1]!) ** 2
      return sum
    },
  }
}
