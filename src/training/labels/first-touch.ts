import type { RowTable } from '../rows/row-table.ts'
import type { PricePath } from './price-path.ts'

/** Log-returns from the row's mid, basis points: `upper` above 0, `lower` below. */
export interface Barriers {
  readonly upper: number
  readonly lower: number
}

/** `both`: in one bar, and nothing tells which came first. */
export interface Touch {
  readonly barrier: 'upper' | 'lower' | 'both'
  /** Row of the bar. */
  readonly row: number
  /** Log-return from the row's mid to the bar's first price, basis points: past the barrier where the price leapt over it. */
  readonly openBps: number
}

/** What became of a row's barriers: a touch, `none` up to the horizon, or undefined where data end or break before that is known. */
export type FirstTouch = (row: number, barriers: Barriers) => Touch | 'none' | undefined

/**
 * Which barrier is touched first in the `horizonBars` bars after a row, by the bars' highs and lows (López de Prado 2018, ch. 3.4). Trades
 * are taken relative to the bar's last one, as moves around its closing mid.
 */
export function firstTouch(table: RowTable, path: PricePath, horizonBars: number): FirstTouch {
  const { open, high, low, close } = table
  return (row, { upper, lower }) => {
    const last = row + horizonBars
    for (let at = row + 1; at <= last; at += 1) {
      if (at > path.reach[row]!) return undefined
      const closeBps = path.returnBps(row, at)
      const moved = (price: number): number => closeBps + 10_000 * Math.log(price / close[at]!)
      const [openBps, highBps, lowBps] = [moved(open[at]!), moved(high[at]!), moved(low[at]!)]
      if (!Number.isFinite(openBps) || !Number.isFinite(highBps) || !Number.isFinite(lowBps)) return undefined
      const isUp = highBps >= upper
      const isDown = lowBps <= lower
      if (!isUp && !isDown) continue
      return { barrier: barrierOf(isUp, isDown, openBps, { upper, lower }), row: at, openBps }
    }
    return 'none'
  }
}

function barrierOf(isUp: boolean, isDown: boolean, openBps: number, { upper, lower }: Barriers): Touch['barrier'] {
  if (isUp && isDown) {
    // A bar that begins past a barrier has touched that one first.
    if (openBps >= upper) return 'upper'
    return openBps <= lower ? 'lower' : 'both'
  }
  return isUp ? 'upper' : 'lower'
}
