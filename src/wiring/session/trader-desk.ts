import { isProtective } from '../../core/order.ts'
import type { Side } from '../../core/units.ts'
import type { Trader } from '../../trading/trader.ts'
import type { Desk, DeskPosition } from './desk.ts'

/** The desk of every mode that has orders. `currency`: of the margin. */
export function traderDesk(trader: Trader, currency: string): Desk {
  const wallet = lastNumber()
  const entry = lastNumber()
  return {
    position: (symbol) => {
      const held = trader.position(symbol)
      return held ? { lots: held.lots, entryTicks: entry(held.entryTicks) } : NOTHING
    },
    openLots: (symbol) => {
      // What only protects takes nothing from an exit, and adds nothing to what may be held.
      const open = trader.openOrders(symbol).filter((order) => !isProtective(order))
      const unfilled = (wanted: Side) =>
        open.reduce(
          (sum, { side, lots, filledLots }) => (side === wanted ? sum + Math.max(0, lots - filledLots) : sum),
          0,
        )
      return { buy: unfilled('buy'), sell: unfilled('sell') }
    },
    freezes: (symbol) => trader.freezes(symbol),
    walletQuote: () => wallet(trader.wallet(currency) ?? 'NaN'),
    commit: (decided) => trader.commit(decided),
  }
}

const NOTHING: DeskPosition = { lots: 0, entryTicks: 0 }

/** Reads numbers; the last one is remembered, for it is asked for again at every bar. */
function lastNumber(): (text: string) => number {
  let last = ''
  let value = Number.NaN
  return (text) => {
    if (text !== last) value = Number(text)
    last = text
    return value
  }
}
