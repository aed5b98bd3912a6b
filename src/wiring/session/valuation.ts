import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { ApprovedOrder } from '../../core/order.ts'
import type { Account } from './desk.ts'
import type { MarketView } from './market-view.ts'

export interface Valuation {
  /** Wallet and unrealised profit at mid, settle currency. */
  equityQuote(): number
  /** As they are now: for the decisions of one moment, which nothing else may come between. */
  exposures(): Exposures
}

/** Worst-case values of instruments, settle currency: held, open, and what this moment is about to send. */
export interface Exposures {
  /** Of all but `symbol`. */
  othersQuote(symbol: InstrumentSymbol): number
  /** Is about to be sent; at most one order per instrument. */
  add(order: ApprovedOrder): void
}

/** Of a single instrument, which has no others. */
const NO_OTHERS: Exposures = { othersQuote: () => 0, add: () => undefined }

export function valuation(views: ReadonlyMap<InstrumentSymbol, MarketView>, desk: Account): Valuation {
  const all = [...views]
  const ticksOf = (view: MarketView, fallbackTicks: number): number => {
    for (const price of [view.mid, view.markPrice]) {
      if (Number.isFinite(price)) return price / view.converter.tickSize
    }
    return fallbackTicks
  }

  function unrealisedQuote(symbol: InstrumentSymbol, view: MarketView): number {
    const { lots, entryTicks } = desk.position(symbol)
    if (lots === 0) return 0
    const { tickSize, lotSize, instrument } = view.converter
    const size = lots * lotSize * Number(instrument.contractSize)
    const nowTicks = ticksOf(view, entryTicks)
    // Inverse contracts are worth a fixed amount of quote and settle in base.
    return instrument.inverse
      ? (size / tickSize) * (1 / entryTicks - 1 / nowTicks)
      : (nowTicks - entryTicks) * tickSize * size
  }

  function worstQuote(symbol: InstrumentSymbol, view: MarketView, order?: ApprovedOrder): number {
    const { lots, entryTicks } = desk.position(symbol)
    const open = { ...desk.openLots(symbol) }
    if (order) open[order.side] += order.lots
    const worstLots = Math.max(0, lots + open.buy, open.sell - lots)
    // Without any price yet: the entry's. Flat and without orders nothing is needed.
    return worstLots === 0 ? 0 : view.converter.notional(ticksOf(view, entryTicks), worstLots)
  }

  return {
    equityQuote() {
      let sum = desk.walletQuote()
      for (const [symbol, view] of all) sum += unrealisedQuote(symbol, view)
      return sum
    },
    exposures() {
      if (all.length === 1) return NO_OTHERS
      const worst = new Map(all.map(([symbol, view]) => [symbol, worstQuote(symbol, view)]))
      return {
        // Summed anew rather than "total less own": no rounding may make it negative.
        othersQuote(symbol) {
          let sum = 0
          for (const [other, quote] of worst) if (other !== symbol) sum += quote
          return sum
        },
        add(order) {
          const view = views.get(order.symbol)
          if (view) worst.set(order.symbol, worstQuote(order.symbol, view, order))
        },
      }
    },
  }
}
