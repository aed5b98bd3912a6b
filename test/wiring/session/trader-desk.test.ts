import { expect, test } from 'vitest'
import type { Trader } from '../../../src/trading/trader.ts'
import { traderDesk } from '../../../src/wiring/session/trader-desk.ts'

test('open lots: what may still fill, stop entries with it, but nothing that only protects', () => {
  const orders = [
    { side: 'buy', lots: 10, filledLots: 4, type: 'limit', reduceOnly: false },
    { side: 'buy', lots: 5, filledLots: 0, type: 'stop-market', reduceOnly: false },
    { side: 'sell', lots: 3, filledLots: 0, type: 'limit', reduceOnly: true },
    { side: 'sell', lots: 9, filledLots: 0, type: 'stop-market', reduceOnly: true },
    { side: 'sell', lots: 9, filledLots: 0, type: 'trailing-stop', reduceOnly: true },
  ]
  const trader = { openOrders: () => orders } as unknown as Trader
  expect(traderDesk(trader, 'USDT').openLots('BTC/USDT:USDT')).toEqual({ buy: 11, sell: 3 })
})
