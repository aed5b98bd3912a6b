import { describe, expect, test } from 'vitest'
import { ticks } from '../../../src/core/units.ts'
import { type BestTicks, bestAfter, type Conditional, isReached } from '../../../src/simulation/orders/conditional.ts'

const at = (side: 'buy' | 'sell', type: Conditional['type']): Conditional => ({
  side,
  type,
  trigger: { ticks: ticks(1_000), by: 'last' },
})

describe('triggers', () => {
  test.each<[string, Conditional, number, boolean]>([
    ['stop to buy below its price', at('buy', 'stop-market'), 999.9, false],
    ['stop to buy at its price', at('buy', 'stop-limit'), 1_000, true],
    ['stop to sell at its price', at('sell', 'stop-market'), 1_000, true],
    ['stop to sell above its price', at('sell', 'stop-limit'), 1_000.1, false],
    ['take-profit to sell below its price', at('sell', 'take-profit-market'), 999, false],
    ['take-profit to sell at its price', at('sell', 'take-profit-limit'), 1_000, true],
    ['take-profit to buy at its price', at('buy', 'take-profit-market'), 1_000, true],
    ['take-profit to buy above its price', at('buy', 'take-profit-limit'), 1_001, false],
  ])('%s', (_name, order, price, reached) => {
    expect(isReached(order, price, undefined)).toBe(reached)
  })
})

describe('trailing stops', () => {
  const trailing = (side: 'buy' | 'sell', activationTicks?: number): Conditional => ({
    side,
    type: 'trailing-stop',
    trailing: {
      callbackBps: 100,
      by: 'last',
      ...(activationTicks === undefined ? {} : { activationTicks: ticks(activationTicks) }),
    },
  })
  const firesAt = (order: Conditional, prices: readonly number[]): number => {
    let best: BestTicks
    return prices.findIndex((price) => {
      best = bestAfter(order, price, best)
      return isReached(order, price, best)
    })
  }

  // Binance, "What Is a Trailing Stop Order?": the trailing price moves with the market, and the order is sent at the callback from its best.
  test.each<[string, Conditional, number[], number]>([
    ['sells 1 % below the highest price', trailing('sell'), [1_000, 1_100, 1_090, 1_089], 3],
    ['sells not before', trailing('sell'), [1_000, 1_100, 1_089.1], -1],
    ['buys 1 % above the lowest price', trailing('buy'), [1_000, 900, 908, 909], 3],
    ['waits for its activation', trailing('sell', 1_200), [1_000, 900, 1_199, 1_000], -1],
    ['trails from its activation', trailing('sell', 1_200), [1_000, 1_200, 1_300, 1_287], 3],
    ['to buy activates below', trailing('buy', 900), [1_000, 1_100, 900, 800, 808], 4],
  ])('%s', (_name, order, prices, index) => {
    expect(firesAt(order, prices)).toBe(index)
  })
})
