import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { converter } from '../../src/core/instrument.ts'
import { signOf } from '../../src/core/units.ts'
import type { Target } from '../../src/policy/decision.ts'
import { planOrder } from '../../src/policy/intent.ts'

const CONVERTER = converter({
  symbol: 'X/USDT:USDT',
  venueSymbol: 'XUSDT',
  base: 'X',
  quote: 'USDT',
  settle: 'USDT',
  tickSize: '1',
  lotSize: '0.01',
  contractSize: '1',
  inverse: false,
  lotsMin: 2,
  lotsMax: 100,
  lotsMaxMarket: 100,
  notionalMin: 500,
  makerFeeRate: 0,
  takerFeeRate: 0,
})

const target = (lots: number): Target => ({ kind: 'target', lots, edgeBps: 0, costBps: 0, reason: 'enter' })
const plan = (to: number, from: number, bidTicks = 9_990, askTicks = 10_010, collarBps = 5) => {
  const order = planOrder(target(to), { converter: CONVERTER, positionLots: from, bidTicks, askTicks }, collarBps)
  return order && `${order.side} ${order.lots} @${order.price}${order.reduceOnly ? ' reduce-only' : ''}`
}

describe('the one order', () => {
  // 10,010 × 1.0005 = 10,015.005 and 9,990 × 0.9995 = 9,985.005: never rounded past the collar.
  test.each<[string, number, number, string | undefined]>([
    ['opens long', 20, 0, 'buy 20 @10015'],
    ['opens short', -20, 0, 'sell 20 @9986'],
    ['enlarges', 30, 20, 'buy 10 @10015'],
    ['reduces', 10, 20, 'sell 10 @9986 reduce-only'],
    ['closes', 0, 20, 'sell 20 @9986 reduce-only'],
    ['closes a short', 0, -20, 'buy 20 @10015 reduce-only'],
    ['reverses in one', -20, 20, 'sell 40 @9986'],
    ['nothing to do', 20, 20, undefined],
    ['below the least size', 1, 0, undefined],
    ['below the least value', 4, 0, undefined],
    ['at the least value', 5, 0, 'buy 5 @10015'],
    ['a small reduction is exempt', 10, 12, 'sell 2 @9986 reduce-only'],
    ['at most the largest order', 300, 0, 'buy 100 @10015'],
    ['a reversal cut short before zero only reduces', -20, 100, 'sell 100 @9986 reduce-only'],
    ['one cut short beyond zero does not', -80, 60, 'sell 100 @9986'],
  ])('%s', (_name, to, from, expected) => {
    expect(plan(to, from)).toBe(expected)
  })

  test.each([
    [Number.NaN, 10_010],
    [9_990, Number.POSITIVE_INFINITY],
    [10_010, 10_010],
    [0, 10_010],
  ])('no order without a book (%d, %d)', (bidTicks, askTicks) => {
    expect(plan(20, 0, bidTicks, askTicks)).toBeUndefined()
  })

  test('an abstention orders nothing', () => {
    const abstain: Target = { kind: 'abstain', reason: 'stale', edgeBps: 0, costBps: 0 }
    const inputs = { converter: CONVERTER, positionLots: 5, bidTicks: 9_990, askTicks: 10_010 }
    expect(planOrder(abstain, inputs, 5)).toBeUndefined()
  })

  test('it moves towards the target, never past it, within the collar, reduce-only exactly when it cannot pass zero', () => {
    const size = fc.integer({ min: -300, max: 300 })
    fc.assert(
      fc.property(
        size,
        size,
        fc.integer({ min: 1, max: 50_000 }),
        fc.integer({ min: 1, max: 50 }),
        (to, from, bidTicks, spread) => {
          const inputs = { converter: CONVERTER, positionLots: from, bidTicks, askTicks: bidTicks + spread }
          const order = planOrder(target(to), inputs, 5)
          if (!order) return
          const reached = from + signOf(order.side) * order.lots
          expect(Math.abs(to - reached)).toBeLessThan(Math.abs(to - from))
          expect((to - reached) * (to - from)).toBeGreaterThanOrEqual(0)
          expect(order.reduceOnly).toBe(reached * from >= 0 && Math.abs(reached) < Math.abs(from))
          if (order.side === 'buy') {
            expect(order.price).toBeGreaterThanOrEqual(inputs.askTicks)
            expect(order.price).toBeLessThanOrEqual(inputs.askTicks * 1.0005)
          } else {
            expect(order.price).toBeLessThanOrEqual(bidTicks)
            expect(order.price).toBeGreaterThanOrEqual(bidTicks * 0.9995)
          }
        },
      ),
      { numRuns: 1_000 },
    )
  })
})
