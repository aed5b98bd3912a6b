import fc from 'fast-check'
import { expect, test } from 'vitest'
import { topOfBook } from '../../../src/simulation/binance/top-of-book.ts'

const best = (levels: Map<number, number>, pick: (...prices: number[]) => number) => {
  const price = levels.size === 0 ? 0 : pick(...levels.keys())
  return { price, size: levels.get(price) ?? 0 }
}

test('property: the top equals a search of all levels, and a change is told exactly when there is one', () => {
  const change = fc.record({ isBid: fc.boolean(), price: fc.integer({ min: 1, max: 900 }), size: fc.nat(3) })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 120 }), (changes) => {
      const bids = new Map([[450, 2]])
      const asks = new Map([[460, 3]])
      const book = topOfBook({ lastUpdateId: 1, bids: [[450, 2]], asks: [[460, 3]] })
      for (const { isBid, price, size } of changes) {
        const before = { ...book.top }
        const side = isBid ? bids : asks
        if (size > 0) side.set(price, size)
        else side.delete(price)
        const isChanged = book.level(isBid ? 'buy' : 'sell', price, size)
        const bid = best(bids, Math.max)
        const ask = best(asks, Math.min)
        const expected = { bid: bid.price, bidSize: bid.size, ask: ask.price, askSize: ask.size }
        expect(book.top).toEqual(expected)
        expect(isChanged).toBe(JSON.stringify(before) !== JSON.stringify(expected))
      }
    }),
  )
})
