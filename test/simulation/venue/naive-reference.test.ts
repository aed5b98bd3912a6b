import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { OrderType, TimeInForce } from '../../../src/core/order.ts'
import { type Side, signOf, ticks } from '../../../src/core/units.ts'
import { bench, SYMBOL, type Wanted } from './support/bench.ts'
import { delta, gap, mark, snapshot, trade } from './support/market.ts'
import { NaiveVenue } from './support/naive-venue.ts'

const lots = fc.integer({ min: 60, max: 300 })
const near = fc.integer({ min: 994, max: 1_006 })
const side = fc.constantFrom<Side>('buy', 'sell')
const by = fc.constantFrom('last' as const, 'mark' as const)
const levels = (from: number) =>
  fc.uniqueArray(fc.tuple(fc.integer({ min: from, max: from + 6 }), fc.integer({ min: 0, max: 200 })), {
    selector: ([price]) => price,
    maxLength: 4,
  })

const TYPES: readonly OrderType[] = [
  'limit',
  'market',
  'stop-market',
  'stop-limit',
  'take-profit-market',
  'take-profit-limit',
  'trailing-stop',
]
const TIMES: readonly TimeInForce[] = ['GTC', 'IOC', 'FOK', 'GTX']

const wanted = fc
  .record({
    ...{
      side,
      lots,
      price: near,
      at: near,
      by,
      reduceOnly: fc.nat({ max: 3 }).map((n) => n === 0),
      callbackBps: fc.constantFrom(10, 20, 40),
    },
    ...{
      type: fc.constantFrom(...TYPES, 'limit' as const),
      timeInForce: fc.constantFrom(...TIMES),
      active: fc.boolean(),
    },
  })
  .map(({ at, by: watched, callbackBps, active, ...order }): Wanted => {
    if (order.type === 'limit' || order.type === 'market') return order
    if (order.type !== 'trailing-stop') return { ...order, trigger: { ticks: ticks(at), by: watched } }
    return { ...order, trailing: { callbackBps, by: watched, ...(active ? { activationTicks: ticks(at) } : {}) } }
  })

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('order' as const), wanted }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('trade' as const), side, price: near, lots }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('book' as const),
      bids: levels(993),
      asks: levels(1_001),
      whole: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('mark' as const), price: near }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), nth: fc.nat({ max: 10 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('gap' as const) }) },
)

test('every fill, open order and position is that of the naive venue', async () => {
  let fillsSeen = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }), async (steps) => {
      const naive = new NaiveVenue()
      const { venue, feed, place, events } = bench({ deposit: '1000000000' })
      naive.book(
        true,
        [
          [999, 100],
          [998, 200],
        ],
        [
          [1_001, 100],
          [1_002, 200],
        ],
      )
      feed(trade(0, 'buy', 1_000, 1))
      naive.trade('buy', 1_000, 1)
      for (const [index, one] of steps.entries()) {
        const at = index + 1
        if (one.kind === 'order') {
          const clientId = `c${index}`
          const { submission } = await place({ ...one.wanted, clientId })
          const accepted = naive.order(clientId, one.wanted)
          expect(submission.kind, JSON.stringify(submission)).toBe(accepted ? 'accepted' : 'rejected')
        } else if (one.kind === 'trade') {
          feed(trade(at, one.side, one.price, one.lots))
          naive.trade(one.side, one.price, one.lots)
        } else if (one.kind === 'book') {
          feed((one.whole ? snapshot : delta)(at, one.bids.flat(), one.asks.flat()))
          naive.book(one.whole, one.bids, one.asks)
        } else if (one.kind === 'mark') {
          feed(mark(at, one.price / 10, 0, 0))
          naive.mark(one.price)
        } else if (one.kind === 'cancel') {
          const open = naive.open()
          const id = open[one.nth % Math.max(1, open.length)]?.split(' ')[0]
          if (!id) continue
          await venue.cancel(SYMBOL, id)
          naive.cancel(id)
        } else {
          feed(gap(at))
          naive.gap()
        }
      }
      const fills = events.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []))
      fillsSeen += fills.length
      expect(
        fills.map((fill) => `${fill.clientId} ${fill.side} ${fill.lots}@${fill.price}${fill.maker ? ' maker' : ''}`),
      ).toEqual(naive.fills)
      const { openOrders, positions } = await venue.snapshot([SYMBOL])
      expect(openOrders.map((order) => `${order.clientId} ${order.lots - order.filledLots}`).sort()).toEqual(
        [...naive.open()].sort(),
      )
      expect(positions[0]!.lots).toBe(naive.position)
      expect(fills.reduce((sum, fill) => sum + signOf(fill.side) * fill.lots, 0)).toBe(naive.position)
    }),
    { numRuns: 200 },
  )
  expect(fillsSeen).toBeGreaterThan(400)
})
