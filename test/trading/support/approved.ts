import type { ApprovedOrder, OrderIntent } from '../../../src/core/order.ts'
import { epochMs, lots, ticks } from '../../../src/core/units.ts'

/** The one cast of the tests: an order as if risk had approved it. Defaults: buy 1 lot of BTC/USDT:USDT at 1000 ticks, IOC limit. */
export function approved(fields: Partial<OrderIntent> & { readonly clientId: string }): ApprovedOrder {
  const intent: OrderIntent = {
    decisionId: `decision of ${fields.clientId}`,
    symbol: 'BTC/USDT:USDT',
    side: 'buy',
    lots: lots(1),
    type: 'limit',
    price: ticks(1000),
    timeInForce: 'IOC',
    reduceOnly: false,
    createdAt: epochMs(0),
    ...fields,
  }
  return intent as ApprovedOrder
}
