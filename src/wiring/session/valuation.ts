import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { InstrumentPipeline } from '../../features/market-pipeline.ts'
import type { Decided } from '../../trading/submitter.ts'
import type { Desk } from './desk.ts'

export interface Valuation {
  /** Wallet and unrealised profit at mid, settle currency. */
  equityQuote(): number
  /** Worst-case value of all instruments but `symbol`: held, open, and what this batch is about to send. */
  exposureQuote(symbol: InstrumentSymbol, pending: readonly Decided[]): number
}

export function valuation(pipelines: ReadonlyMap<InstrumentSymbol, InstrumentPipeline>, desk: Desk): Valuation {
  const ticksOf = (pipeline: InstrumentPipeline, fallbackTicks: number): number => {
    for (const price of [pipeline.mid, pipeline.markPrice]) {
      if (Number.isFinite(price)) return price / pipeline.converter.tickSize
    }
    return fallbackTicks
  }

  function unrealisedQuote(symbol: InstrumentSymbol, pipeline: InstrumentPipeline): number {
    const { lots, entryTicks } = desk.position(symbol)
    if (lots === 0) return 0
    const { tickSize, lotSize, instrument } = pipeline.converter
    const size = lots * lotSize * Number(instrument.contractSize)
    const nowTicks = ticksOf(pipeline, entryTicks)
    // Inverse contracts are worth a fixed amount of quote and settle in base.
    return instrument.inverse
      ? (size / tickSize) * (1 / entryTicks - 1 / nowTicks)
      : (nowTicks - entryTicks) * tickSize * size
  }

  function worstQuote(symbol: InstrumentSymbol, pipeline: InstrumentPipeline, pending: readonly Decided[]): number {
    const { lots, entryTicks } = desk.position(symbol)
    const open = { ...desk.openLots(symbol) }
    for (const { order } of pending) if (order?.symbol === symbol) open[order.side] += order.lots
    const worstLots = Math.max(0, lots + open.buy, open.sell - lots)
    // Without any price yet: the entry's. Flat and without orders nothing is needed.
    return worstLots === 0 ? 0 : pipeline.converter.notional(ticksOf(pipeline, entryTicks), worstLots)
  }

  return {
    equityQuote: () =>
      [...pipelines].reduce((sum, [symbol, pipeline]) => sum + unrealisedQuote(symbol, pipeline), desk.walletQuote()),
    exposureQuote: (symbol, pending) =>
      [...pipelines].reduce(
        (sum, [other, pipeline]) => (other === symbol ? sum : sum + worstQuote(other, pipeline, pending)),
        0,
      ),
  }
}
