import Big from 'big.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AccountId, PlaceRequest } from '../../../src/simulation/exchange/exchange.ts'
import { atMs, BTC, lots, quietExchange, request, ticks } from './setup.ts'

const TRADERS = ['a', 'b', 'c'] as const
const DEPOSIT = '1000000'

const act = fc.record({
  account: fc.constantFrom<AccountId>(...TRADERS),
  side: fc.constantFrom<'buy' | 'sell'>('buy', 'sell'),
  size: fc.integer({ min: 2, max: 400 }),
  offset: fc.integer({ min: -30, max: 30 }),
  kind: fc.constantFrom<'MARKET' | 'GTC' | 'IOC' | 'FOK' | 'GTX'>('MARKET', 'GTC', 'GTC', 'IOC', 'FOK', 'GTX'),
  reduceOnly: fc.boolean(),
  cancel: fc.boolean(),
})

test('whatever several traders do to each other and the crowd, contracts and money are conserved', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const exchange = quietExchange({ deposit: DEPOSIT })
      const place = (over: Partial<PlaceRequest>) => exchange.place(request(over), atMs(1))
      for (const { account, side, size, offset, kind, reduceOnly, cancel } of acts) {
        if (cancel) exchange.cancelAll(account, BTC, atMs(1))
        const price = ticks(exchange.depth(BTC, 1).bids[0]![0] + offset)
        const limit = kind === 'MARKET' ? {} : { price, timeInForce: kind }
        place({ account, side, size: lots(size), reduceOnly, ...limit })
      }
      const fills = TRADERS.flatMap((account) => exchange.fills(account))
      const trades = exchange.drain().flatMap((output) => (output.kind === 'trade' ? [output] : []))
      // Each trade has two sides; those that are nobody's are the crowd's.
      const crowd = trades.map((trade) => {
        const mine = fills.filter(({ tradeId }) => tradeId === trade.tradeId)
        for (const fill of mine) expect(fill).toMatchObject({ price: trade.price, size: trade.size })
        const held = mine.reduce((sum, { side, size }) => sum + (side === 'buy' ? size : -size), 0)
        return { lots: -held, cash: new Big('0.0001').times(trade.price).times(held) }
      })
      const positions = TRADERS.map((account) => exchange.account(account).positions[0]!.lots)
      const held = [...positions, ...crowd.map((each) => each.lots)]
      expect(held.reduce((sum, each) => sum + each, 0)).toBe(0)

      // At one mark for all, what the traders have gained and paid in fees is what the crowd has lost.
      const { markPrice } = exchange.mark(BTC)
      let total = new Big(0)
      for (const account of TRADERS) total = total.plus(exchange.account(account).marginBalance).minus(DEPOSIT)
      for (const { fee } of fills) total = total.plus(fee)
      for (const { lots: held, cash } of crowd)
        total = total.plus(cash).plus(new Big('0.001').times(markPrice).times(held))
      expect(Number(total.abs())).toBeLessThanOrEqual(1e-8 * (fills.length + TRADERS.length))
    }),
    { numRuns: 40, seed: 4 },
  )
})
