import Big from 'big.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contractOf } from '../../../src/simulation/account/contract.ts'
import { FLAT, trade } from '../../../src/simulation/account/position.ts'
import { BTC } from './instruments.ts'

test('over a round trip the realised profits are the cash flow exactly, through zero too', () => {
  const contract = contractOf(BTC)
  const fill = fc.record({
    lots: fc.integer({ min: -50, max: 50 }).filter((n) => n !== 0),
    ticks: fc.integer({ min: 1, max: 1e6 }),
  })
  fc.assert(
    fc.property(fc.array(fill, { minLength: 1 }), (fills) => {
      let position = FLAT
      let realised = new Big(0)
      let cash = new Big(0)
      const book = (size: number, price: number): void => {
        const value = new Big('0.0001').times(price).times(Math.abs(size))
        const step = trade(contract, position, size, value)
        position = step.next
        realised = realised.plus(step.realised)
        cash = cash.plus(size > 0 ? value.times(-1) : value)
      }
      for (const { lots: size, ticks: price } of fills) book(size, price)
      if (position.lots !== 0) book(-position.lots, 12_345)
      expect(realised.toFixed()).toBe(cash.toFixed())
      expect(position.cost.toFixed()).toBe('0')
    }),
    { seed: 3 },
  )
})
