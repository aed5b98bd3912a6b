import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { MarketEvent } from '../../core/market-event.ts'
import type { InstrumentPipeline } from '../../features/market-pipeline.ts'
import { type QuoteAudit, quoteAudit } from '../tape/quote-audit.ts'

/** Compares the rebuilt book with the venue's own best quotes, wherever both stand at one update id. */
export interface QuoteCheck {
  /** After the pipeline has seen the event. */
  onEvent(event: MarketEvent, pipeline: InstrumentPipeline): void
  readonly compared: number
  readonly mismatches: number
}

interface Seen {
  readonly audit: QuoteAudit
  /** Update id at which the book stands; NaN while it is not known. */
  lastId: number
}

export function quoteCheck(): QuoteCheck {
  const bySymbol = new Map<InstrumentSymbol, Seen>()
  let mismatches = 0

  function seenOf(symbol: InstrumentSymbol): Seen {
    const known = bySymbol.get(symbol)
    if (known) return known
    const seen = { audit: quoteAudit(), lastId: Number.NaN }
    bySymbol.set(symbol, seen)
    return seen
  }
  return {
    onEvent(event, { book, synced }) {
      if (event.kind !== 'gap' && event.kind !== 'quote' && event.kind !== 'book') return
      const seen = seenOf(event.symbol)
      if (event.kind === 'gap') {
        seen.lastId = Number.NaN
        seen.audit.reset()
      } else if (event.kind === 'quote') {
        if (seen.audit.onQuote(event, book)) mismatches += 1
      } else if (synced && !(event.lastId <= seen.lastId)) {
        // What is no newer was dropped as a repetition.
        seen.lastId = event.type === 'delta' ? event.lastId : Number.NaN
        if (seen.audit.onBook(event, book)) mismatches += 1
      }
    },
    get compared() {
      return [...bySymbol.values()].reduce((sum, { audit }) => sum + audit.compared, 0)
    },
    get mismatches() {
      return mismatches
    },
  }
}
