import { type EpochMs, epochMs, lots, ticks } from '../../../src/core/units.ts'
import type { ApprovedOrder, OrderIntent } from '../../../src/trading/order.ts'

/** The one cast of the tests: an order as if risk had approved it. Defaults: buy 1 lot of BTC/USDT:USDT at 1000 ticks, IOC limit. */
export const approved = (fields: Partial<OrderIntent> & { readonly clientId: string }): ApprovedOrder =>
  ({
    decisionId: `decision of ${fields.clientId}`,
    symbol: 'BTC/USDT:USDT',
    side: 'buy',
    lots: lots(1),
    type: 'limit',
    price: ticks(1000),
    timeInForce: 'IOC',
    reduceOnly: false,
    createdAt: epochMs(0) satisfies EpochMs,
    ...fields,
  }) as OrderIntent as ApprovedOrder
