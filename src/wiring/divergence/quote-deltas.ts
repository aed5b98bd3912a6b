import type { BookEvent, QuoteEvent } from '../../core/market-event.ts'
import { Book } from '../../market/book.ts'

/** Levels a quote may remove at once; a book that is further off is not repaired by it. */
const REMOVED_MAX = 1_000

/**
 * What a best quote says of a book that was last told before it. Books come every 100 ms on most venues and best quotes at once: between
 * two books only they tell where an order would fill. What stands behind the touch is as old as the book. One instrument.
 */
export class QuoteDeltas {
  readonly #book = new Book()
  #lastId = Number.POSITIVE_INFINITY

  /** Books in order. */
  onBook(event: BookEvent): void {
    if (event.type === 'snapshot') this.#book.clear()
    this.#book.apply(event.bids, event.asks)
    this.#lastId = event.lastId
  }

  void(): void {
    this.#book.clear()
    this.#lastId = Number.POSITIVE_INFINITY
  }

  /** The change of the book that the quote proves; undefined when the book knows it. */
  onQuote(quote: QuoteEvent): BookEvent | undefined {
    if (!(quote.updateId > this.#lastId)) return undefined
    const { bidTicks, bidLots, askTicks, askLots, symbol, exchangeTime, receivedAt, updateId } = quote
    const bids: number[] = []
    const asks: number[] = []
    const book = this.#book
    const remove = (levels: number[], ticks: number, side: 'bids' | 'asks'): void => {
      levels.push(ticks, 0)
      book.apply(side === 'bids' ? [ticks, 0] : [], side === 'asks' ? [ticks, 0] : [])
    }
    while (book.bidTicks > bidTicks && bids.length < REMOVED_MAX) remove(bids, book.bidTicks, 'bids')
    while (book.askTicks < askTicks && asks.length < REMOVED_MAX) remove(asks, book.askTicks, 'asks')
    if (book.bidTicks !== bidTicks || book.bidLots !== bidLots) bids.push(bidTicks, bidLots)
    if (book.askTicks !== askTicks || book.askLots !== askLots) asks.push(askTicks, askLots)
    if (bids.length + asks.length === 0) return undefined
    book.apply(bids, asks)
    const ids = { firstId: updateId, lastId: updateId, prevId: this.#lastId }
    return { kind: 'book', type: 'delta', symbol, exchangeTime, receivedAt, ...ids, bids, asks }
  }
}
