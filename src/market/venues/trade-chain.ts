import type { InstrumentSymbol } from '../../core/instrument.ts'

/** For a venue that numbers trades without holes: the id before a trade, past those that are left out. */
export interface TradeChain {
  before(symbol: InstrumentSymbol, tradeId: number): number
  /** This trade is no market trade: the one after it follows the one before it. */
  leaveOut(symbol: InstrumentSymbol, tradeId: number): void
  reset(symbol: InstrumentSymbol): void
}

/** One entry per instrument of the mapper, so bounded by its converters. */
export function tradeChain(): TradeChain {
  const leftOut = new Map<InstrumentSymbol, { readonly before: number; readonly last: number }>()
  const before = (symbol: InstrumentSymbol, tradeId: number): number => {
    const hole = leftOut.get(symbol)
    return hole?.last === tradeId - 1 ? hole.before : tradeId - 1
  }
  return {
    before,
    leaveOut: (symbol, tradeId) => {
      leftOut.set(symbol, { before: before(symbol, tradeId), last: tradeId })
    },
    reset: (symbol) => {
      leftOut.delete(symbol)
    },
  }
}
