import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { QuoteEvent } from '../../../src/core/market-event.ts'
import { epochMs, lots } from '../../../src/core/units.ts'
import { Book } from '../../../src/market/book.ts'
import { QuoteDeltas } from '../../../src/wiring/divergence/quote-deltas.ts'
import { delta, LINEAR, snapshot } from '../../simulation/venue/support/market.ts'

/** Bids 99 (5), 98 (7); asks 101 (4), 102 (6); the book stands at id 10. */
const standing = () => {
  const quotes = new QuoteDeltas()
  quotes.onBook(snapshot(10, [99, 5, 98, 7], [101, 4, 102, 6]))
  return quotes
}
const quote = (updateId: number, bid: readonly [number, number], ask: readonly [number, number]): QuoteEvent => ({
  ...{ kind: 'quote', symbol: LINEAR.symbol, exchangeTime: epochMs(updateId), receivedAt: epochMs(updateId), updateId },
  ...{ bidTicks: bid[0], bidLots: lots(bid[1]), askTicks: ask[0], askLots: lots(ask[1]) },
})

describe('what a best quote proves of an older book', () => {
  test.each([
    { name: 'the same: nothing', at: quote(11, [99, 5], [101, 4]), bids: undefined, asks: undefined },
    { name: 'older than the book: nothing', at: quote(10, [98, 7], [101, 4]), bids: undefined, asks: undefined },
    { name: 'another size', at: quote(11, [99, 2], [101, 4]), bids: [99, 2], asks: [] },
    { name: 'the best bid is gone', at: quote(11, [98, 7], [101, 4]), bids: [99, 0], asks: [] },
    {
      name: 'both asks are gone, a new one stands behind',
      at: quote(11, [99, 5], [103, 1]),
      bids: [],
      asks: [101, 0, 102, 0, 103, 1],
    },
    { name: 'a better ask', at: quote(11, [99, 5], [100, 3]), bids: [], asks: [100, 3] },
  ])('$name', ({ at, bids, asks }) => {
    const event = standing().onQuote(at)
    if (bids === undefined) expect(event).toBeUndefined()
    else expect(event).toMatchObject({ type: 'delta', receivedAt: at.receivedAt, bids, asks })
  })

  test('nothing before the first book and after a loss', () => {
    expect(new QuoteDeltas().onQuote(quote(11, [99, 1], [101, 1]))).toBeUndefined()
    const quotes = standing()
    quotes.void()
    expect(quotes.onQuote(quote(11, [99, 1], [101, 1]))).toBeUndefined()
  })

  test('after any mixture of books and quotes the touch is that of the newer one', () => {
    const level = fc.tuple(fc.integer({ min: 80, max: 99 }), fc.integer({ min: 0, max: 3 }))
    const steps = fc.array(
      fc.oneof(
        fc.tuple(fc.constant('book' as const), fc.array(level, { minLength: 1, maxLength: 4 })),
        fc.tuple(
          fc.constant('quote' as const),
          fc.array(fc.tuple(fc.integer({ min: 80, max: 99 }), fc.integer({ min: 1, max: 3 })), {
            minLength: 1,
            maxLength: 1,
          }),
        ),
      ),
      { maxLength: 30 },
    )
    fc.assert(
      fc.property(steps, (all) => {
        const quotes = standing()
        const book = new Book()
        book.apply([99, 5, 98, 7], [101, 4, 102, 6])
        for (const [nth, [kind, levels]] of all.entries()) {
          if (kind === 'book') {
            const event = delta(20 + nth, levels.flat(), [])
            quotes.onBook(event)
            book.apply(event.bids, event.asks)
          } else {
            const [ticks, size] = levels[0]!
            const event = quotes.onQuote(quote(20 + nth, [ticks, size], [101, 4]))
            if (event) book.apply(event.bids, event.asks)
            expect([book.bidTicks, book.bidLots, book.askTicks, book.askLots]).toEqual([ticks, size, 101, 4])
          }
        }
      }),
    )
  })
})
