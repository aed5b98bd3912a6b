import { isProtective } from '../../core/order.ts'
import type { Side } from '../../core/units.ts'
import type { Trader } from '../../trading/trader.ts'
import type { Desk } from './desk.ts'

/** The desk of every mode that has orders. `currency`: of the margin. */
export function traderDesk(trader: Trader, currency: string): Desk {
  return {
    position: (symbol) => {
      const held = trader.position(symbol)
      return { lots: held?.lots ?? 0, entryTicks: Number(held?.entryTicks ?? 0) }
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
    walletQuote: () => Number(trader.wallet(currency) ?? Number.NaN),
    commit: (decided) => trader.commit(decided),
  }
}
