import { describe, expect, test } from 'vitest'
import type { AlgoOrder } from '../../../src/simulation/exchange/exchange.ts'
import { atMs, BTC, kindsOf, lots, quietExchange, request, ticks } from './setup.ts'

const algo = (over: Partial<AlgoOrder> = {}) => ({
  account: 'alice',
  symbol: BTC,
  clientAlgoId: 'stop',
  side: 'sell' as const,
  type: 'STOP_MARKET' as const,
  triggerPrice: ticks(599_000),
  size: lots(0),
  reduceOnly: false,
  closePosition: true,
  workingType: 'CONTRACT_PRICE' as const,
  timeInForce: 'GTC' as const,
  ...over,
})

/** A long position of ten lots. */
const long = () => {
  const exchange = quietExchange({ deposit: '100000000' })
  exchange.place(request({ size: lots(10) }), atMs(1))
  return exchange
}

/** Sells deep enough to print a trade below the stop. */
function crash(exchange: ReturnType<typeof long>): void {
  const whale = (side: 'buy' | 'sell', size: number, price: number) =>
    exchange.place(
      request({ account: 'whale', side, size: lots(size), price: ticks(price), timeInForce: 'IOC' }),
      atMs(3),
    )
  exchange.place(request({ account: 'patient', price: ticks(597_000), size: lots(500) }), atMs(2))
  exchange.place(request({ account: 'bidder', price: ticks(598_900), size: lots(500) }), atMs(2))
  whale('sell', 500_000, 598_900)
}

describe('trigger orders', () => {
  test('a stop closes the position when the last price passes it', () => {
    const exchange = long()
    expect(exchange.placeAlgo(algo(), atMs(2))).toMatchObject({ ok: true, value: { status: 'NEW' } })
    exchange.drain()
    crash(exchange)
    const [stop] = exchange.algoOrders('alice')
    expect(stop).toMatchObject({ status: 'FINISHED' })
    const order = exchange.findOrder('alice', BTC, { orderId: stop!.orderId! })
    expect(order).toMatchObject({ algoId: stop!.algoId, type: 'MARKET', side: 'sell', size: 10, reduceOnly: true })
    expect(kindsOf(exchange.drain()).filter((kind) => kind === 'algo')).toHaveLength(3)
  })

  test('without a position left, a stop that closes expires', () => {
    const exchange = long()
    exchange.placeAlgo(algo(), atMs(2))
    exchange.place(request({ side: 'sell', size: lots(10) }), atMs(2))
    crash(exchange)
    expect(exchange.algoOrders('alice')).toMatchObject([{ status: 'EXPIRED' }])
  })

  test.each([
    ['a stop below', algo(), 'ok'],
    ['a stop above: reached already', algo({ triggerPrice: ticks(601_000) }), 'would-trigger-immediately'],
    ['a take-profit above', algo({ type: 'TAKE_PROFIT_MARKET', triggerPrice: ticks(601_000) }), 'ok'],
    ['a take-profit below', algo({ type: 'TAKE_PROFIT_MARKET' }), 'would-trigger-immediately'],
    [
      'a buy stop above',
      algo({ side: 'buy', closePosition: false, size: lots(5), triggerPrice: ticks(601_000) }),
      'ok',
    ],
    ['by mark', algo({ workingType: 'MARK_PRICE', triggerPrice: ticks(601_000) }), 'would-trigger-immediately'],
    ['a stop limit without price', algo({ type: 'STOP' }), 'price-not-a-tick'],
    ['closing on the wrong side', algo({ side: 'buy', triggerPrice: ticks(601_000) }), 'reduce-only-rejected'],
  ])('%s', (_name, wanted, expected) => {
    const outcome = long().placeAlgo(wanted, atMs(2))
    expect(outcome.ok ? 'ok' : outcome.reason).toBe(expected)
  })

  test('100 may wait on an instrument, no more', () => {
    const exchange = long()
    const another = (clientAlgoId: string) => exchange.placeAlgo(algo({ clientAlgoId }), atMs(2))
    for (let count = 0; count < 100; count += 1) expect(another(`stop ${count}`)).toMatchObject({ ok: true })
    expect(another('one more')).toMatchObject({ ok: false, reason: 'too-many-algo-orders' })
    exchange.cancelAlgo('alice', { clientAlgoId: 'stop 0' }, atMs(3))
    expect(another('one more')).toMatchObject({ ok: true })
  })

  test('cancelled once, and its client id is taken while it waits', () => {
    const exchange = long()
    exchange.placeAlgo(algo(), atMs(2))
    expect(exchange.placeAlgo(algo(), atMs(2))).toMatchObject({ ok: false, reason: 'duplicate-client-id' })
    expect(exchange.cancelAlgo('alice', { clientAlgoId: 'stop' }, atMs(3))).toMatchObject({ ok: true })
    expect(exchange.cancelAlgo('alice', { clientAlgoId: 'stop' }, atMs(3))).toMatchObject({ reason: 'unknown-order' })
    crash(exchange)
    expect(exchange.account('alice').positions[0]!.lots).toBe(10)
  })

  test('a stop limit is triggered while its order rests, finished when that ends', () => {
    const exchange = long()
    exchange.placeAlgo(
      algo({ type: 'STOP', closePosition: false, size: lots(10), reduceOnly: true, price: ticks(620_000) }),
      atMs(2),
    )
    crash(exchange)
    expect(exchange.algoOrders('alice')).toMatchObject([{ status: 'TRIGGERED' }])
    exchange.cancel('alice', BTC, { clientId: 'stop' }, atMs(4))
    expect(exchange.algoOrders('alice')).toMatchObject([{ status: 'FINISHED' }])
  })

  test('its good-till date ends a waiting order', () => {
    const exchange = long()
    exchange.placeAlgo(algo({ timeInForce: 'GTD', goodTillDate: atMs(601_000) }), atMs(2))
    exchange.advance(atMs(600_999))
    expect(exchange.algoOrders('alice')).toMatchObject([{ status: 'NEW' }])
    exchange.advance(atMs(601_000))
    expect(exchange.algoOrders('alice')).toMatchObject([{ status: 'EXPIRED', updatedAt: atMs(601_000) }])
  })
})
