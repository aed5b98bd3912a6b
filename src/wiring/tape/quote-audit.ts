import type { BookEvent, QuoteEvent } from '../../core/market-event.ts'
import type { Book } from '../../market/book.ts'

/** Quotes whose update id the book has not reached yet; past it the oldest is forgotten. */
const WAITING_MAX = 10_000

/** A best quote of the venue that the rebuilt book contradicts, both at one update id. */
export interface QuoteMismatch {
  readonly updateId: number
  readonly venue: string
  readonly rebuilt: string
}

/** Compares one instrument's rebuilt book with the venue's own best quotes wherever both stand at one update id. */
export interface QuoteAudit {
  readonly compared: number
  onQuote(quote: QuoteEvent, book: Book): QuoteMismatch | undefined
  /** After the book holds the event. */
  onBook(event: BookEvent, book: Book): QuoteMismatch | undefined
  /** The book is void. */
  reset(): void
}

export function quoteAudit(): QuoteAudit {
  const waiting = new Map<number, QuoteEvent>()
  let lastId = Number.NaN
  let compared = 0

  function compare(
    { updateId, bidTicks, bidLots, askTicks, askLots }: QuoteEvent,
    book: Book,
  ): QuoteMismatch | undefined {
    compared += 1
    const venue = textOf(bidTicks, bidLots, askTicks, askLots)
    const rebuilt = textOf(book.bidTicks, book.bidLots, book.askTicks, book.askLots)
    return venue === rebuilt ? undefined : { updateId, venue, rebuilt }
  }
  return {
    get compared() {
      return compared
    },
    onQuote(quote, book) {
      if (quote.updateId === lastId) return compare(quote, book)
      waiting.set(quote.updateId, quote)
      const oldest = waiting.size > WAITING_MAX ? waiting.keys().next().value : undefined
      if (oldest !== undefined) waiting.delete(oldest)
      return undefined
    },
    onBook(event, book) {
      // A snapshot may have been followed by deltas that waited for it: only a delta says where the book stands.
      lastId = event.type === 'delta' ? event.lastId : Number.NaN
      const quote = waiting.get(lastId)
      // In the order of their coming, ids ascend: what the book has passed is never met again.
      for (const id of waiting.keys()) {
        if (!(id <= lastId)) break
        waiting.delete(id)
      }
      return quote && compare(quote, book)
    },
    reset() {
      lastId = Number.NaN
    },
  }
}

const textOf = (bidTicks: number, bidLots: number, askTicks: number, askLots: number): string =>
  `bid ${bidLots} at ${bidTicks}, ask ${askLots} at ${askTicks}`
