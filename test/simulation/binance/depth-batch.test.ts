import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { depthBatch } from '../../../src/simulation/binance/depth-batch.ts'

describe('depthBatch', () => {
  test('one frame for each grid slot, holding the last size of every level', () => {
    const batch = depthBatch(100, 10)
    batch.level('buy', 99, 5, 11, 1_010)
    batch.level('buy', 99, 3, 12, 1_020)
    batch.level('sell', 101, 0, 13, 1_030)
    expect(batch.take(1_099)).toMatchObject({ firstId: 11, lastId: 13, prevId: 10, at: 1_030 })
    batch.level('sell', 101, 1, 14, 1_098)
    expect(batch.take(1_099.9)).toBeUndefined()
    const second = batch.take(1_100)
    expect(second).toMatchObject({ firstId: 14, lastId: 14, prevId: 13 })
    expect([...second!.asks]).toEqual([[101, 1]])
    expect(batch.take(1_200)).toBeUndefined()
  })

  test('property: the frames chain without a hole and rebuild the book', () => {
    const changes = fc.array(
      fc.record({ isBid: fc.boolean(), price: fc.integer({ min: 1, max: 20 }), size: fc.nat(5), gap: fc.nat(60) }),
      { maxLength: 200 },
    )
    fc.assert(
      fc.property(changes, (levels) => {
        const batch = depthBatch(100, 500)
        const truth = new Map<string, number>()
        const rebuilt = new Map<string, number>()
        let [now, id, chain] = [0, 500, 500]
        const take = () => {
          const diff = batch.take(now)
          if (diff === undefined) return
          expect(diff.prevId).toBe(chain)
          expect(diff.firstId).toBe(chain + 1)
          chain = diff.lastId
          for (const [price, size] of diff.bids) rebuilt.set(`b${price}`, size)
          for (const [price, size] of diff.asks) rebuilt.set(`a${price}`, size)
        }
        for (const { isBid, price, size, gap } of levels) {
          now += gap
          id += 1
          truth.set(`${isBid ? 'b' : 'a'}${price}`, size)
          batch.level(isBid ? 'buy' : 'sell', price, size, id, now)
          take()
        }
        now += 100
        take()
        expect(chain).toBe(id)
        expect(rebuilt).toEqual(truth)
      }),
    )
  })
})
