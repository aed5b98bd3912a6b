import { beforeEach, describe, expect, test } from 'vitest'
import { body, call, type Json, limit, live, market, now, open, price, quote, venue } from './support/trading-desk.ts'

beforeEach(open)

describe('refusals of an order', () => {
  const cases: readonly [string, number, (() => Record<string, string>) | Record<string, string>][] = [
    ['no symbol', -1102, { symbol: '' }],
    ['unknown symbol', -1121, { symbol: 'DOGEUSDT' }],
    ['unknown side', -1117, { side: 'HOLD' }],
    ['unknown type', -1116, { type: 'ICEBERG' }],
    ['conditional type on the order endpoint', -4120, { type: 'STOP_MARKET' }],
    ['unknown time in force', -1115, { timeInForce: 'DAY' }],
    ['no time in force', -1102, { timeInForce: '' }],
    ['no price', -1102, { price: '' }],
    ['price is no number', -1100, { price: '1e5' }],
    ['negative price', -1100, { price: '-5' }],
    ['price zero', -4001, { price: '0' }],
    ['price beyond the largest', -4002, { price: '100000000.1' }],
    ['price with too many decimals', -1111, { price: '59000.001' }],
    ['price off the tick', -4014, { price: '59000.05' }],
    ['no quantity', -1102, { quantity: '' }],
    ['quantity zero', -4003, { quantity: '0.000' }],
    ['quantity with too many decimals', -1111, { quantity: '0.0005' }],
    ['quantity over the largest', -4005, { quantity: '1000.001' }],
    ['market quantity over its own largest', -4005, { type: 'MARKET', price: '', quantity: '125.001' }],
    ['market order with a price', -1106, { type: 'MARKET' }],
    ['value below the minimum', -4164, { quantity: '0.001' }],
    ['more than the wallet can carry', -2019, { quantity: '4.000' }],
    ['reduce-only without a position', -2022, { reduceOnly: 'true' }],
    ['flag that is none', -1100, { reduceOnly: 'yes' }],
    ['post-only that would trade', -5022, () => ({ timeInForce: 'GTX', price: price(quote().ask) })],
    ['buy above the band', -4016, () => ({ price: price(quote().ask + 60_000) })],
    ['sell below the band', -4024, () => ({ side: 'SELL', price: price(quote().bid - 60_000) })],
    ['hedge-mode side', -4061, { positionSide: 'LONG' }],
    ['client id with a space', -4015, { newClientOrderId: 'a b' }],
    ['client id of 37 characters', -4015, { newClientOrderId: 'x'.repeat(37) }],
  ]
  test.each(cases)('%s -> %i', (_name, code, change) => {
    const response = call('POST', '/fapi/v1/order', limit(typeof change === 'function' ? change() : change))
    expect(response).toMatchObject({ status: 400, body: { code } })
    expect(venue.exchange.orders('a')).toEqual([])
  })

  test('just inside the limits it is taken', () => {
    const order = limit({ newClientOrderId: 'x'.repeat(36), quantity: '0.002', price: '59000.10000' })
    expect(body('POST', '/fapi/v1/order', order)).toMatchObject({ status: 'NEW', price: '59000.10' })
  })

  test('as many as MAX_NUM_ORDERS and MAX_NUM_ALGO_ORDERS say, then -2025 and -4045', () => {
    const { symbols } = body<{ symbols: { filters: Json[] }[] }>('GET', '/fapi/v1/exchangeInfo')
    const most = (type: string) => symbols[0]!.filters.find((filter) => filter['filterType'] === type)!['limit']
    const stop = {
      ...{ symbol: 'BTCUSDT', side: 'BUY', algoType: 'CONDITIONAL', type: 'STOP_MARKET' },
      ...{ triggerPrice: '70000.0', quantity: '0.002' },
    }
    const taken = (path: string, params: Record<string, string>) => {
      for (let count = 0; ; count += 1) {
        const response = call('POST', path, params)
        if (response.status !== 200) return [count, response.body]
      }
    }
    const order = limit({ quantity: '0.002' })
    expect(taken('/fapi/v1/order', order)).toMatchObject([most('MAX_NUM_ORDERS'), { code: -2025 }])
    expect(taken('/fapi/v1/algoOrder', stop)).toMatchObject([most('MAX_NUM_ALGO_ORDERS'), { code: -4045 }])
  })

  test('a client id may not be used twice while the order is open', () => {
    body('POST', '/fapi/v1/order', limit({ newClientOrderId: 'one' }))
    expect(call('POST', '/fapi/v1/order', limit({ newClientOrderId: 'one' })).body).toMatchObject({ code: -4116 })
  })

  test('cancel and query of what is not there differ; so do two accounts', () => {
    const id = { symbol: 'BTCUSDT', origClientOrderId: 'mine' }
    expect(call('DELETE', '/fapi/v1/order', id).body).toMatchObject({ code: -2011 })
    expect(call('GET', '/fapi/v1/order', id).body).toMatchObject({ code: -2013 })
    expect(call('GET', '/fapi/v1/order', { symbol: 'BTCUSDT' }).body).toMatchObject({ code: -1102 })
    body('POST', '/fapi/v1/order', limit({ newClientOrderId: 'mine' }))
    expect(call('GET', '/fapi/v1/order', id, 'b').body).toMatchObject({ code: -2013 })
    expect(body('GET', '/fapi/v1/order', id)).toMatchObject({ clientOrderId: 'mine' })
  })
})

describe('life of an order', () => {
  test('resting, seen by both ids, cancelled; the stream says NEW and CANCELED', () => {
    const placed = body('POST', '/fapi/v1/order', limit({ newClientOrderId: 'one' }))
    expect(placed).toMatchObject({ status: 'NEW', executedQty: '0.000', clientOrderId: 'one', positionSide: 'BOTH' })
    expect(live()).toMatchObject([{ e: 'ORDER_TRADE_UPDATE', account: 'a', o: { x: 'NEW', X: 'NEW', c: 'one' } }])
    const byId = { symbol: 'BTCUSDT', orderId: String(placed['orderId']) }
    expect(body('GET', '/fapi/v1/openOrder', byId)).toMatchObject({ clientOrderId: 'one' })
    expect(body<Json[]>('GET', '/fapi/v1/openOrders')).toHaveLength(1)
    expect(body<Json[]>('GET', '/fapi/v3/positionRisk')).toMatchObject([{ symbol: 'BTCUSDT', positionAmt: '0.000' }])
    expect(body('DELETE', '/fapi/v1/order', byId)).toMatchObject({ status: 'CANCELED' })
    expect(live()).toMatchObject([{ e: 'ORDER_TRADE_UPDATE', o: { x: 'CANCELED', X: 'CANCELED' } }])
    expect(body<Json[]>('GET', '/fapi/v1/openOrders', { symbol: 'BTCUSDT' })).toEqual([])
    expect(call('GET', '/fapi/v1/openOrder', byId).body).toMatchObject({ code: -2013 })
    expect(body<Json[]>('GET', '/fapi/v1/allOrders', { symbol: 'BTCUSDT' })).toHaveLength(1)
  })

  test('ACK says only that the order was taken, RESULT how it ended', () => {
    const ack = body('POST', '/fapi/v1/order', market('BUY', '0.010', { newOrderRespType: 'ACK' }))
    expect(ack).toMatchObject({ status: 'NEW', executedQty: '0.000', avgPrice: '0.00000' })
    const result = body('POST', '/fapi/v1/order', market('BUY', '0.010'))
    expect(result).toMatchObject({ status: 'FILLED', executedQty: '0.010' })
    expect(Number(result['cumQuote'])).toBeCloseTo(Number(result['avgPrice']) * 0.01, 6)
  })

  test('fills, positions, wallet and streams tell one story', () => {
    body('POST', '/fapi/v1/order', market('BUY', '0.500'))
    body('POST', '/fapi/v1/order', market('SELL', '0.300', { reduceOnly: 'true' }))
    const frames = live()
    const trades = body<Json[]>('GET', '/fapi/v1/userTrades', { symbol: 'BTCUSDT' })
    const updates = frames.filter(({ e, o }) => e === 'ORDER_TRADE_UPDATE' && o['x'] === 'TRADE')
    expect(updates.map(({ o }) => [o['t'], o['L'], o['l'], o['n'], o['rp']])).toEqual(
      trades.map((t) => [t['id'], t['price'], t['qty'], t['commission'], t['realizedPnl']]),
    )
    const paid = trades.reduce((sum, t) => sum + Number(t['commission']) - Number(t['realizedPnl']), 0)
    const [balance] = body<Json[]>('GET', '/fapi/v3/balance')
    expect(Number(balance!['balance'])).toBeCloseTo(10_000 - paid, 6)
    const account = frames.filter(({ e }) => e === 'ACCOUNT_UPDATE').at(-1)!
    expect(account.a).toMatchObject({
      m: 'ORDER',
      B: [{ wb: balance!['balance'], bc: '0' }],
      P: [{ s: 'BTCUSDT', pa: '0.200' }],
    })
    const [position] = body<Json[]>('GET', '/fapi/v2/positionRisk', { symbol: 'BTCUSDT' })
    expect(position).toMatchObject({ positionAmt: '0.200', marginType: 'cross', leverage: '20' })
    const summary = body('GET', '/fapi/v2/account')
    expect(Number(summary['totalMarginBalance'])).toBeCloseTo(
      Number(summary['totalWalletBalance']) + Number(position!['unRealizedProfit']),
      6,
    )
    expect(body<{ positions: Json[] }>('GET', '/fapi/v3/account').positions).toHaveLength(1)
    const income = body<Json[]>('GET', '/fapi/v1/income', { incomeType: 'COMMISSION' })
    expect(income).toHaveLength(trades.length)
    expect(venue.protocol.ledger('a')).toMatchObject({ fills: trades, positions: [{ positionAmt: '0.200' }, {}, {}] })
    const older = body<Json[]>('GET', '/fapi/v1/userTrades', {
      symbol: 'BTCUSDT',
      fromId: String(trades[1]!['id']),
      limit: '1',
    })
    expect(older).toEqual([trades[1]])
    expect(call('GET', '/fapi/v1/userTrades', { symbol: 'BTCUSDT', fromId: '1', startTime: '1' }).body).toMatchObject({
      code: -1128,
    })
    const week = { symbol: 'BTCUSDT', startTime: '0', endTime: '604800000' }
    expect(body<Json[]>('GET', '/fapi/v1/userTrades', week)).toEqual([])
    expect(call('GET', '/fapi/v1/userTrades', { ...week, endTime: '604800001' }).body).toMatchObject({ code: -4165 })
    expect(call('GET', '/fapi/v1/userTrades', { symbol: 'BTCUSDT', limit: '1001' }).body).toMatchObject({ code: -1130 })
  })

  test('all open orders of one instrument go at once', () => {
    body('POST', '/fapi/v1/order', limit())
    body('POST', '/fapi/v1/order', limit())
    body('DELETE', '/fapi/v1/allOpenOrders', { symbol: 'BTCUSDT' })
    expect(body<Json[]>('GET', '/fapi/v1/openOrders')).toEqual([])
  })
})

describe('conditional orders', () => {
  const stop = (extra: Record<string, string> = {}) => ({
    symbol: 'BTCUSDT',
    algoType: 'CONDITIONAL',
    side: 'SELL',
    type: 'STOP_MARKET',
    quantity: '0.100',
    triggerPrice: price(quote().bid - 5),
    workingType: 'CONTRACT_PRICE',
    reduceOnly: 'true',
    clientAlgoId: 'stop',
    ...extra,
  })

  test('waits, fires, closes the position, and says so at every step', () => {
    body('POST', '/fapi/v1/order', market('BUY', '0.100'))
    expect(body('POST', '/fapi/v1/algoOrder', stop())).toMatchObject({ algoStatus: 'NEW', orderType: 'STOP_MARKET' })
    expect(body<Json[]>('GET', '/fapi/v1/openAlgoOrders')).toHaveLength(1)
    expect(body<Json[]>('GET', '/fapi/v1/openOrders')).toEqual([])
    const seen = []
    for (
      let seconds = 0;
      seconds < 600 && venue.exchange.fills('a').every(({ side }) => side === 'buy');
      seconds += 1
    ) {
      seen.push(...live(1_000))
    }
    const states = seen.filter(({ e }) => e === 'ALGO_UPDATE').map(({ o }) => o['X'])
    expect(states).toEqual(['NEW', 'TRIGGERING', 'TRIGGERED', 'FINISHED'])
    const fired = body('GET', '/fapi/v1/algoOrder', { clientAlgoId: 'stop' })
    expect(fired).toMatchObject({ algoStatus: 'FINISHED', actualQty: '0.100', actualType: 'MARKET' })
    const made = body('GET', '/fapi/v1/order', { symbol: 'BTCUSDT', orderId: String(fired['actualOrderId']) })
    expect(made).toMatchObject({ status: 'FILLED', side: 'SELL', reduceOnly: true })
    expect(body<Json[]>('GET', '/fapi/v1/allAlgoOrders', { symbol: 'BTCUSDT' })).toHaveLength(1)
  })

  test('cancelled by client id, then gone', () => {
    body('POST', '/fapi/v1/order', market('BUY', '0.100'))
    body('POST', '/fapi/v1/algoOrder', stop())
    expect(body('DELETE', '/fapi/v1/algoOrder', { clientAlgoId: 'stop' })).toMatchObject({ code: '200' })
    expect(call('DELETE', '/fapi/v1/algoOrder', { clientAlgoId: 'stop' }).body).toMatchObject({ code: -2011 })
    expect(body('GET', '/fapi/v1/algoOrder', { clientAlgoId: 'stop' })).toMatchObject({ algoStatus: 'CANCELED' })
    expect(call('GET', '/fapi/v1/algoOrder', { algoId: '99' }).body).toMatchObject({ code: -2013 })
  })

  test.each<[string, number, Record<string, string> | (() => Record<string, string>)]>([
    ['trigger already reached', -2021, () => ({ triggerPrice: price(quote().ask + 100) })],
    ['no trigger price', -1102, { triggerPrice: '' }],
    ['trigger off the tick', -4014, { triggerPrice: '59000.05' }],
    ['a type that is none', -1116, { type: 'LIMIT' }],
    ['another algo type', -1102, { algoType: 'TWAP' }],
    ['a trailing stop without a rate', -1102, { type: 'TRAILING_STOP_MARKET' }],
    ['a rate below 0.1 %', -2007, { type: 'TRAILING_STOP_MARKET', callbackRate: '0.09' }],
    ['a rate between tenths', -2007, { type: 'TRAILING_STOP_MARKET', callbackRate: '0.15' }],
    ['a rate above 10 %', -2007, { type: 'TRAILING_STOP_MARKET', callbackRate: '10.1' }],
    [
      'a sell that trails from below the market',
      -2021,
      () => ({ type: 'TRAILING_STOP_MARKET', callbackRate: '1', activatePrice: price(quote().bid - 100) }),
    ],
    ['an end in five minutes', -5040, () => ({ timeInForce: 'GTD', goodTillDate: String(now + 300_000) })],
    ['closePosition with a quantity', -4137, { closePosition: 'true', reduceOnly: '' }],
    ['working type that is none', -4031, { workingType: 'INDEX' }],
  ])('%s -> %i', (_name, code, change) => {
    body('POST', '/fapi/v1/order', market('BUY', '0.100'))
    const params = stop(typeof change === 'function' ? change() : change)
    expect(call('POST', '/fapi/v1/algoOrder', params)).toMatchObject({ status: 400, body: { code } })
  })

  test('closePosition needs no quantity', () => {
    body('POST', '/fapi/v1/order', market('BUY', '0.100'))
    const params = stop({ closePosition: 'true', reduceOnly: '', quantity: '' })
    expect(body('POST', '/fapi/v1/algoOrder', params)).toMatchObject({ closePosition: true, quantity: '0.000' })
  })
})

test('the deposit of a new account is a transfer', () => {
  expect(body<Json[]>('GET', '/fapi/v1/income')).toMatchObject([
    { incomeType: 'TRANSFER', income: '10000', asset: 'USDT' },
  ])
})

test('every endpoint of the list answers', () => {
  const symbol = { symbol: 'BTCUSDT' }
  for (const path of [
    'ping',
    'time',
    'exchangeInfo',
    'ticker/24hr',
    'ticker/price',
    'ticker/bookTicker',
    'premiumIndex',
  ]) {
    body('GET', `/fapi/v1/${path}`)
    body('GET', `/fapi/v1/${path}`, symbol)
  }
  for (const path of [
    'trades',
    'historicalTrades',
    'aggTrades',
    'commissionRate',
    'leverageBracket',
    'allAlgoOrders',
  ]) {
    body('GET', `/fapi/v1/${path}`, symbol)
  }
  for (const path of ['fundingInfo', 'multiAssetsMargin', 'accountConfig', 'symbolConfig'])
    body('GET', `/fapi/v1/${path}`)
  expect(call('GET', '/fapi/v1/nothing')).toMatchObject({ status: 404 })
  expect(call('GET', '/fapi/v1/depth', { ...symbol, limit: '7' }).body).toMatchObject({ code: -4021 })
  expect(call('GET', '/fapi/v1/klines', { ...symbol, interval: '1s' }).body).toMatchObject({ code: -1120 })
})
