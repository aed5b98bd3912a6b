import type { MarketEvent } from '../../src/core/market-event.ts'
import type { InstrumentPipeline } from '../../src/features/market-pipeline.ts'

/** What one instrument came to. A hole is a break of the ids; one that no gap told of is a fault of ours. */
export interface SymbolTally {
  deltas: number
  trades: number
  gaps: number
  resyncs: number
  bars: number
  holes: number
  silentHoles: number
  /** Since the last gap that voided the book until it was whole again, milliseconds: the longest. */
  voidMsMax: number
}

/** Counts what the feed hands over and what the pipeline says of it. */
export function watchSymbol(
  pipeline: InstrumentPipeline,
  resync: () => void,
  monotonicMs: () => number,
): { readonly tally: SymbolTally; onEvent(event: MarketEvent): void } {
  const tally = { deltas: 0, trades: 0, gaps: 0, resyncs: 0, bars: 0, holes: 0, silentHoles: 0, voidMsMax: 0 }
  const last = { delta: -1, trade: -1, deltaGaps: 0, tradeGaps: 0 }
  let voidSince = Number.NaN

  function follow(isHole: boolean, wasWhole: boolean, gapsBefore: number): void {
    if (!isHole) return
    tally.holes += 1
    if (wasWhole && tally.gaps === gapsBefore) tally.silentHoles += 1
  }
  function time(): void {
    if (pipeline.synced) {
      if (!Number.isNaN(voidSince)) tally.voidMsMax = Math.max(tally.voidMsMax, monotonicMs() - voidSince)
      voidSince = Number.NaN
    } else if (Number.isNaN(voidSince)) voidSince = monotonicMs()
  }
  return {
    tally,
    onEvent(event) {
      const wasWhole = pipeline.synced
      const { resync: isAsked, closed, gaps } = pipeline.step(event)
      tally.gaps += gaps.length
      tally.bars += closed.length
      if (isAsked) {
        tally.resyncs += 1
        resync()
      }
      if (event.kind === 'book' && event.type === 'delta') {
        tally.deltas += 1
        follow(last.delta >= 0 && event.prevId > last.delta, wasWhole, last.deltaGaps)
        last.delta = Math.max(last.delta, event.lastId)
        last.deltaGaps = tally.gaps
      } else if (event.kind === 'trade') {
        tally.trades += 1
        const id = Number(event.tradeId)
        follow(last.trade >= 0 && id > last.trade + 1, true, last.tradeGaps)
        last.trade = Math.max(last.trade, id)
        last.tradeGaps = tally.gaps
      }
      if (wasWhole !== pipeline.synced || gaps.length > 0) time()
    },
  }
}
