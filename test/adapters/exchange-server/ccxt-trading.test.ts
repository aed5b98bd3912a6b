import * as ccxt from 'ccxt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEMO_KEY } from '../../../src/simulation/binance/binance-protocol.ts'
import { loopbackBinance } from '../../support/point-ccxt.ts'
import { servedBinance } from '../../support/simulated-binance.ts'

const BTC = 'BTC/USDT:USDT'

let venue: Awaited<ReturnType<typeof servedBinance>>
let client: Awaited<ReturnType<typeof loopbackBinance>>
let far: string

beforeAll(async () => {
  venue = await servedBinance({ keys: [DEMO_KEY, { apiKey: 'second', secret: 'secret', account: 'second' }] })
  client = await loopbackBinance(venue.server.port, {
    options: { watchPositions: { fetchPositionsSnapshot: false } },
  })
  await client.loadMarkets()
  far = String(client.priceToPrecision(BTC, (await client.fetchTicker(BTC)).last! * 0.98))
})

afterAll(async () => {
  await client.close()
  await venue.server.close()
})

const flat = async () => {
  const [position] = await client.fetchPositions([BTC])
  if (position?.contracts)
    await client.createOrder(BTC, 'market', 'sell', position.contracts, undefined, { reduceOnly: true })
}

describe('ccxt trades', () => {
  test('limit order: placed, found by client id, listed, cancelled', async () => {
    const placed = await client.createOrder(BTC, 'limit', 'buy', 0.01, Number(far), { clientOrderId: 'limit-1' })
    expect(placed).toMatchObject({ status: 'open', clientOrderId: 'limit-1', amount: 0.01, filled: 0 })
    const found = await client.fetchOrder(undefined as never, BTC, { clientOrderId: 'limit-1' })
    expect(found.id).toBe(placed.id)
    expect((await client.fetchOpenOrders(BTC)).map(({ id }) => id)).toEqual([placed.id])
    expect((await client.cancelOrder(String(placed.id), BTC)).status).toBe('canceled')
    await expect(client.cancelOrder(String(placed.id), BTC)).rejects.toThrow(ccxt.OrderNotFound)
    expect(await client.fetchOpenOrders(BTC)).toEqual([])
  })

  test('market, IOC, post-only and reduce-only', async () => {
    const market = await client.createOrder(BTC, 'market', 'buy', 0.02)
    expect(market).toMatchObject({ status: 'closed', filled: 0.02 })
    const ioc = await client.createOrder(BTC, 'limit', 'buy', 0.01, Number(far), { timeInForce: 'IOC' })
    expect(ioc).toMatchObject({ status: 'expired', filled: 0 })
    const post = await client.createOrder(BTC, 'limit', 'buy', 0.01, Number(far), { postOnly: true })
    expect(post).toMatchObject({ status: 'open', postOnly: true })
    await client.cancelAllOrders(BTC)
    const closing = await client.createOrder(BTC, 'market', 'sell', 0.02, undefined, { reduceOnly: true })
    expect(closing).toMatchObject({ status: 'closed', reduceOnly: true })
    const trades = await client.fetchMyTrades(BTC)
    const ledger = venue.protocol.ledger('demo')
    expect(trades.map(({ id }) => id)).toEqual(ledger.fills.map(({ id }) => String(id)))
    expect(await client.fetchPositions([BTC])).toEqual([])
    expect((await client.fetchBalance())['USDT']!.total).toBeCloseTo(Number(ledger.wallet), 6)
  })

  test('position, leverage, margin mode, position mode', async () => {
    await client.createOrder(BTC, 'market', 'buy', 0.02)
    const [position] = await client.fetchPositions([BTC])
    const ledger = venue.protocol.ledger('demo').positions[0]!
    expect(position).toMatchObject({
      symbol: BTC,
      side: 'long',
      contracts: 0.02,
      entryPrice: Number(ledger.entryPrice),
    })
    await flat()
    expect(await client.setLeverage(5, BTC)).toMatchObject({ leverage: 5 })
    expect((await client.fetchLeverage(BTC)).longLeverage).toBe(5)
    await expect(client.setMarginMode('cross', BTC)).rejects.toThrow(ccxt.MarginModeAlreadySet)
    expect((await client.fetchPositionMode(BTC)).hedged).toBe(false)
    await expect(client.setPositionMode(false, BTC)).rejects.toThrow('-4059')
    expect((await client.fetchTradingFee(BTC)).taker).toBe(0.0001)
  })

  test('orders over the websocket API', async () => {
    const placed = await client.createOrderWs(BTC, 'limit', 'buy', 0.01, Number(far), { clientOrderId: 'ws-1' })
    expect(placed).toMatchObject({ status: 'open', clientOrderId: 'ws-1' })
    expect((await client.fetchOrderWs(String(placed.id), BTC)).id).toBe(placed.id)
    expect((await client.cancelOrderWs(String(placed.id), BTC)).status).toBe('canceled')
    await expect(client.createOrderWs(BTC, 'limit', 'buy', 0.001, Number(far))).rejects.toThrow('-4164')
    expect((await client.fetchBalanceWs())['USDT']!.total).toBeGreaterThan(9_000)
    expect(await client.fetchPositionsWs([BTC])).toEqual([])
  })

  test('a stop goes through the algo service', async () => {
    await client.createOrder(BTC, 'market', 'buy', 0.01)
    const stop = await client.createOrder(BTC, 'market', 'sell', 0.01, undefined, {
      stopLossPrice: Number(far),
      reduceOnly: true,
      clientOrderId: 'stop-1',
    })
    expect(stop).toMatchObject({ clientOrderId: 'stop-1', triggerPrice: Number(far), status: 'open' })
    expect(await client.fetchOpenOrders(BTC)).toEqual([])
    const open = await client.fetchOpenOrders(BTC, undefined, undefined, { trigger: true })
    expect(open.map(({ id }) => id)).toEqual([stop.id])
    expect((await client.fetchOrder(String(stop.id), BTC, { trigger: true })).status).toBe('open')
    await client.cancelOrder(String(stop.id), BTC, { trigger: true })
    expect(await client.fetchOpenOrders(BTC, undefined, undefined, { trigger: true })).toEqual([])
    await flat()
  })

  test('the user stream: orders, fills, positions, balance', async () => {
    const orders = client.watchOrders(BTC)
    const fills = client.watchMyTrades(BTC)
    const positions = client.watchPositions([BTC])
    const balance = client.watchBalance()
    // The listen key is asked for and the socket dialled before the order goes out.
    for (let waited = 0; venue.server.counters().sockets < 2 && waited < 2_000; waited += 10) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    const placed = await client.createOrder(BTC, 'market', 'buy', 0.01)
    expect((await orders)[0]).toMatchObject({ id: placed.id, symbol: BTC })
    const ledger = venue.protocol.ledger('demo')
    const [fill] = await fills
    expect(ledger.fills.find(({ id }) => String(id) === fill!.id)).toMatchObject({
      commission: (fill!.info as { n: string }).n,
      orderId: Number(placed.id),
    })
    expect((await positions)[0]).toMatchObject({ symbol: BTC, side: 'long', contracts: 0.01 })
    expect((await balance)['USDT']!.total).toBeCloseTo(Number(ledger.wallet), 6)
    await flat()
  })
})

describe('ccxt hears why not', () => {
  const place = (amount: number, price: number | undefined, params = {}) =>
    client.createOrder(BTC, price === undefined ? 'market' : 'limit', 'buy', amount, price, params)
  test('each refusal has its code and class', async () => {
    const price = Number(far)
    await place(0.01, price, { clientOrderId: 'twice' })
    const cases: readonly [string, Promise<unknown>, new (...args: never[]) => Error][] = [
      ['-4116', place(0.01, price, { clientOrderId: 'twice' }), ccxt.InvalidOrder],
      ['-4164', place(0.001, price), ccxt.InvalidOrder],
      ['-2019', place(100, price), ccxt.InsufficientFunds],
      ['-2022', place(0.01, price, { reduceOnly: true }), ccxt.InvalidOrder],
      ['-5022', place(0.01, price * 1.05, { postOnly: true }), ccxt.OrderNotFillable],
      ['-4016', place(0.01, price * 1.2), ccxt.BadRequest],
      ['-4061', place(0.01, price, { positionSide: 'LONG' }), ccxt.OperationRejected],
      ['-2013', client.fetchOrder('1', BTC), ccxt.OrderNotFound],
      ['-1121', client.fapiPublicGetDepth({ symbol: 'NOPE' }), ccxt.BadSymbol],
      ['-1021', client.fapiPrivateV3GetBalance({ timestamp: 1 }), ccxt.InvalidNonce],
    ]
    const heard = await Promise.all(cases.map(([, attempt]) => attempt.catch((error: unknown) => error)))
    cases.forEach(([code, , type], index) => {
      expect(String(heard[index])).toContain(`"code":${code}`)
      expect(heard[index]).toBeInstanceOf(type)
    })
    await client.cancelAllOrders(BTC)
  })

  test('a wrong secret, an unknown key; another key is another account', async () => {
    const withKey = (apiKey: string, secret: string) => loopbackBinance(venue.server.port, { apiKey, secret })
    await expect((await withKey('demo', 'wrong')).fetchBalance()).rejects.toThrow('-1022')
    await expect((await withKey('none', 'demo')).fetchBalance()).rejects.toThrow(ccxt.AuthenticationError)
    const second = await withKey('second', 'secret')
    expect((await second.fetchBalance())['USDT']!.total).toBe(10_000)
    expect(await second.fetchMyTrades(BTC)).toEqual([])
  })
})
