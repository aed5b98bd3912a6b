import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { MarketEvent, QuoteEvent } from '../../core/market-event.ts'
import type { InstrumentPipeline } from '../../features/market-pipeline.ts'

/** Quotes whose update id the book has not reached yet, per instrument; past it the oldest is forgotten. */
const WAITING_MAX = 100_000

/** Compares the rebuilt book with the venue's own best quotes, wherever both stand at one update id. */
export interface QuoteCheck {
  /** After the pipeline has seen the event. */
  onEvent(event: MarketEvent, pipeline: InstrumentPipeline): void
  readonly compared: number
  readonly mismatches: number
}

interface Seen {
  /** Update id at which the book stands; NaN while it is not known. */
  lastId: number
  readonly waiting: Map<number, QuoteEvent>
}

export function quoteCheck(): QuoteCheck {
  const bySymbol = new Map<InstrumentSymbol, Seen>()
  const count = { compared: 0, mismatches: 0 }

  function compare(quote: QuoteEvent, { book }: InstrumentPipeline): void {
    const { bidTicks, bidLots, askTicks, askLots } = quote
    const isEqual =
      bidTicks === book.bidTicks && askTicks === book.askTicks && bidLots === book.bidLots && askLots === book.askLots
    count.compared += 1
    if (!isEqual) count.mismatches += 1
  }
  function onQuote(quote: QuoteEvent, seen: Seen, pipeline: InstrumentPipeline): void {
    if (seen.lastId === quote.updateId) {
      compare(quote, pipeline)
      return
    }
    seen.waiting.set(quote.updateId, quote)
    const oldest = seen.waiting.size > WAITING_MAX ? seen.waiting.keys().next().value : undefined
    if (oldest !== undefined) seen.waiting.delete(oldest)
  }

  return {
    onEvent(event, pipeline) {
      const seen = bySymbol.get(event.symbol) ?? { lastId: Number.NaN, waiting: new Map<number, QuoteEvent>() }
      bySymbol.set(event.symbol, seen)
      if (event.kind === 'gap') seen.lastId = Number.NaN
      else if (event.kind === 'quote') onQuote(event, seen, pipeline)
      else if (event.kind === 'book' && pipeline.synced && !(event.lastId <= seen.lastId)) {
        // A snapshot may have been followed by deltas that waited for it: only a delta says where the book stands.
        seen.lastId = event.type === 'delta' ? event.lastId : Number.NaN
        const quote = seen.waiting.get(seen.lastId)
        if (quote) compare(quote, pipeline)
        // Ascending but for a restart of the venue: what the book has passed is never met again.
        for (const id of seen.waiting.keys()) {
          if (!(id <= seen.lastId)) break
          seen.waiting.delete(id)
        }
      }
    },
    get compared() {
      return count.compared
    },
    get mismatches() {
      return count.mismatches
    },
  }
}
