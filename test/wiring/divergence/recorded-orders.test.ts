import { describe, expect, test } from 'vitest'
import type { Fill } from '../../../src/core/order.ts'
import { epochMs, lots, ticks } from '../../../src/core/units.ts'
import { clientOrderId } from '../../../src/trading/client-order-id.ts'
import type { SentOrder } from '../../../src/trading/journal.port.ts'
import type { OrderRecord } from '../../../src/trading/journal-records.ts'
import { recordedOrders } from '../../../src/wiring/divergence/recorded-orders.ts'
import { settledFee } from '../../../src/wiring/divergence/settled-fee.ts'
import type { TapeClocks } from '../../../src/wiring/divergence/tape-clocks.ts'
import { INVERSE, LINEAR } from '../../simulation/venue/support/market.ts'

const OFFSET_MS = 500
const clocks: TapeClocks = {
  ...{ fromAt: epochMs(0), toAt: epochMs(10_000), ledgerTag: 'test' },
  offsetMsAt: () => OFFSET_MS,
  rawFeedMsAt: () => 12 - OFFSET_MS,
}
const fillAt = (at: number, fields: Partial<Fill> = {}): Fill => ({
  ...{
    symbol: LINEAR.symbol,
    tradeId: String(at),
    clientId: '',
    venueId: '1',
    side: 'buy',
    price: ticks(10_000),
    lots: lots(10),
  },
  ...{ fee: '0.5', feeCurrency: 'USDT', realisedPnl: '0', maker: false, at: epochMs(at + OFFSET_MS) },
  ...fields,
})
/** Sent 2 ms after its creation, answered 20 ms later; the venue's clock is 500 ms ahead. */
const sent = (createdAt: number, fields: Partial<OrderRecord> = {}, fills: readonly Fill[] = []): SentOrder => ({
  order: {
    ...{ clientId: clientOrderId('test', `d${createdAt}`), decisionId: `d${createdAt}`, symbol: LINEAR.symbol },
    ...{ side: 'buy', lots: lots(10), type: 'limit', price: 1_000, timeInForce: 'IOC', reduceOnly: false },
    ...{ createdAt: epochMs(createdAt), origin: 'own', state: 'filled', venueId: '1', filledLots: 10, appliedLots: 10 },
    ...{ updatedAt: epochMs(createdAt + 9 + OFFSET_MS), detail: '' },
    ...fields,
  },
  fills: fills.map((fill) => ({ ...fill, origin: 'own' })),
  latency: { featureMs: 0, forecastMs: 0, decideMs: 0, commitMs: 0, closeToSendMs: 2, sendToAnswerMs: 20 },
})
const one = (order: SentOrder, isPaper = false) => recordedOrders([order], clocks, { isPaper }).orders[0]

describe('how long an order took', () => {
  test.each([
    {
      name: 'a taker: until its first fill',
      order: sent(100, {}, [fillAt(107), fillAt(108)]),
      entryMs: 5,
      source: 'measured',
    },
    {
      name: 'one that found nothing: until it expired',
      order: sent(100, { state: 'expired' }),
      entryMs: 7,
      source: 'measured',
    },
    {
      name: 'one that rested first: the venue does not say when it came',
      order: sent(100, { timeInForce: 'GTC' }, [fillAt(107, { maker: true })]),
      entryMs: 10,
      source: 'halved',
    },
    {
      name: 'one that was cancelled: neither',
      order: sent(100, { timeInForce: 'GTC', state: 'cancelled' }),
      entryMs: 10,
      source: 'halved',
    },
  ])('$name', ({ order, entryMs, source }) => {
    expect(one(order)).toMatchObject({ sentAt: 102, latency: { entryMs, feedMs: 12 }, latencySource: source })
  })

  test('a paper order is sent at its creation, on one clock, and hears no feed', () => {
    expect(one(sent(100, {}, [fillAt(130 - OFFSET_MS)]), true)).toMatchObject({
      ...{ sentAt: 100, arrivedAt: 130, latency: { entryMs: 30, feedMs: 0 }, latencySource: 'entry' },
    })
  })

  test('a rejected one measures nothing: the orders around it say how long its way was', () => {
    const { orders, measured } = recordedOrders(
      [sent(100, {}, [fillAt(104)]), sent(200, { state: 'rejected', filledLots: 0 }), sent(300, {}, [fillAt(308)])],
      clocks,
      { isPaper: false },
    )
    expect(measured.map(({ at }) => at)).toEqual([102, 302])
    expect(orders[1]).toMatchObject({ latencySource: 'interpolated', arrivedAt: undefined, latency: { entryMs: 4 } })
  })

  test('a given one takes the place of all', () => {
    const { orders } = recordedOrders([sent(100, {}, [fillAt(107)])], clocks, { isPaper: false, entryMs: 70 })
    expect(orders[0]).toMatchObject({ latencySource: 'given', arrivedAt: 107, latency: { entryMs: 70 } })
  })

  test('nobody says: refused, unless one is given', () => {
    const rejected = [sent(100, { state: 'rejected' })]
    expect(() => recordedOrders(rejected, clocks, { isPaper: false })).toThrow('--latency')
    expect(recordedOrders(rejected, clocks, { isPaper: false, entryMs: 1 }).orders).toHaveLength(1)
  })
})

test('the cancel of a resting order comes when the venue had it', () => {
  expect(one(sent(100, { timeInForce: 'GTC', state: 'cancelled', updatedAt: epochMs(900 + OFFSET_MS) }))).toMatchObject(
    { cancelledAt: 900 },
  )
  expect(one(sent(100, { state: 'cancelled' }))?.cancelledAt).toBeUndefined()
})

test('set aside: what came too late for the tape, and what nobody knows the end of', () => {
  const all = [sent(100, {}, [fillAt(107)]), sent(9_999, {}, [fillAt(10_050)]), sent(200, { state: 'unknown' })]
  expect(recordedOrders(all, clocks, { isPaper: false })).toMatchObject({
    late: 1,
    unresolved: 1,
    orders: [{ sentAt: 102 }],
  })
})

test('an order of another ledger is refused by name', () => {
  const { order, ...rest } = sent(100, {}, [fillAt(107)])
  const other = { ...rest, order: { ...order, clientId: clientOrderId('other', 'd100') } }
  expect(() => recordedOrders([other], clocks, { isPaper: false })).toThrow(/tw-other-.*not one of the ledger.*test/)
  expect(() => recordedOrders([sent(100)], { ...clocks, ledgerTag: undefined }, { isPaper: false })).toThrow(
    'decided nothing',
  )
})

test.each([
  { name: 'as the venue told it', fill: fillAt(0), instrument: LINEAR, fee: '0.5' },
  {
    name: 'in BNB: 0.01 BTC at 1,000 and 0.05 %',
    fill: fillAt(0, { feeCurrency: 'BNB' }),
    instrument: LINEAR,
    fee: '0.005',
  },
  {
    name: 'in BNB, as maker at 0.02 %',
    fill: fillAt(0, { feeCurrency: 'BNB', maker: true }),
    instrument: LINEAR,
    fee: '0.002',
  },
  {
    name: 'inverse: 10 contracts of 100 USD at 1,000',
    fill: fillAt(0, { feeCurrency: 'BNB' }),
    instrument: INVERSE,
    fee: '0.0005',
  },
])('a fee $name', ({ fill, instrument, fee }) => {
  expect(settledFee(fill, instrument)).toBe(fee)
})
