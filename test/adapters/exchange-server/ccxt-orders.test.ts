import * as ccxt from 'ccxt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoMarkets } from '../../../src/simulation/exchange/demo-markets.ts'
import { quiet } from '../../simulation/exchange/setup.ts'
import { loopbackBinance } from '../../support/point-ccxt.ts'
import { servedBinance } from '../../support/simulated-binance.ts'

// Every order type and setting of Binance USD-M, as the unchanged ccxt client asks for it. The market's price stands still.
const BTC = 'BTC/USDT:USDT'
type Params = Record<string, unknown>
type Info = Record<string, string>

let venue: Awaited<ReturnType<typeof servedBinance>>
let client: Awaited<ReturnType<typeof loopbackBinance>>
let last: number

beforeAll(async () => {
  venue = await servedBinance({}, { markets: demoMarkets(0).slice(0, 1).map(quiet), deposit: '100000' })
  client = await loopbackBinance(venue.server.port)
  await client.loadMarkets()
  last = (await client.fetchTicker(BTC)).last!
})
afterAll(async () => {
  await client.close()
  await venue.server.close()
})

const at = (share: number) => Number(client.priceToPrecision(BTC, last * share))
const place = (type: string, side: 'buy' | 'sell', price: number | undefined, params: Params = {}) =>
  client.createOrder(BTC, type, side, 0.01, price, params)
const infoOf = (order: { info: unknown }) => order.info as Info

describe('orders of the book', () => {
  const inAnHour = () => Math.floor(Date.now() / 1000) * 1000 + 3_600_000
  test.each<[string, string, 'buy' | 'sell', number | undefined, () => Params, object]>([
    ['limit', 'limit', 'buy', 0.98, () => ({}), { status: 'open', timeInForce: 'GTC', filled: 0 }],
    ['market', 'market', 'buy', undefined, () => ({}), { status: 'closed', filled: 0.01, remaining: 0 }],
    ['post-only', 'limit', 'buy', 0.98, () => ({ postOnly: true }), { status: 'open', postOnly: true }],
    ['time in force GTX', 'limit', 'buy', 0.98, () => ({ timeInForce: 'GTX' }), { status: 'open', postOnly: true }],
    ['IOC that trades', 'limit', 'sell', 0.99, () => ({ timeInForce: 'IOC' }), { status: 'closed', filled: 0.01 }],
    ['IOC that does not', 'limit', 'buy', 0.98, () => ({ timeInForce: 'IOC' }), { status: 'expired', filled: 0 }],
    ['FOK that trades', 'limit', 'buy', 1.01, () => ({ timeInForce: 'FOK' }), { status: 'closed', filled: 0.01 }],
    ['FOK that does not', 'limit', 'buy', 0.98, () => ({ timeInForce: 'FOK' }), { status: 'expired', filled: 0 }],
    [
      'GTD',
      'limit',
      'buy',
      0.98,
      () => ({ timeInForce: 'GTD', goodTillDate: inAnHour() }),
      { status: 'open', timeInForce: 'GTD' },
    ],
    ['reduce-only', 'market', 'sell', undefined, () => ({ reduceOnly: true }), { status: 'closed', reduceOnly: true }],
  ])('%s', async (_name, type, side, share, params, expected) => {
    const placed = await place(type, side, share && at(share), params())
    expect(placed).toMatchObject({ symbol: BTC, side, amount: 0.01, ...expected })
    expect(await client.fetchOrder(String(placed.id), BTC)).toMatchObject({ id: placed.id, ...expected })
    if (placed.status === 'open')
      expect(await client.cancelOrder(String(placed.id), BTC)).toMatchObject({ status: 'canceled' })
    if (placed.filled === 0.01) {
      const trades = await client.fetchMyTrades(BTC)
      expect(
        trades.filter(({ order }) => order === placed.id).reduce((sum, { amount }) => sum + amount!, 0),
      ).toBeCloseTo(0.01, 9)
    }
  })

  test('edited: another price and size under the same id', async () => {
    const placed = await place('limit', 'buy', at(0.98))
    const edited = await client.editOrder(String(placed.id), BTC, 'limit', 'buy', 0.02, at(0.97))
    expect(edited).toMatchObject({ id: placed.id, price: at(0.97), amount: 0.02, status: 'open' })
    await expect(client.editOrder(String(placed.id), BTC, 'limit', 'buy', 0.02, at(0.97))).rejects.toThrow('-5027')
    await client.cancelOrder(String(placed.id), BTC)
  })

  test('self-trade prevention as asked', async () => {
    const maker = await place('limit', 'buy', at(0.98))
    const crossing = { timeInForce: 'IOC', selfTradePrevention: 'expire_taker' }
    await place('market', 'buy', undefined)
    expect(infoOf((await client.fetchOrders(BTC)).at(-1)!)['selfTradePreventionMode']).toBe('EXPIRE_MAKER')
    const taker = await place('limit', 'sell', at(0.99), crossing)
    expect(infoOf(taker)['selfTradePreventionMode']).toBe('EXPIRE_TAKER')
    await client.cancelOrder(String(maker.id), BTC)
    await expect(place('limit', 'buy', at(0.98), { selfTradePrevention: 'decrement' })).rejects.toThrow('-5039')
  })
})

describe('conditional orders', () => {
  test.each<[string, string, 'buy' | 'sell', number | undefined, () => Params, string, object]>([
    ['stop loss', 'market', 'sell', undefined, () => ({ stopLossPrice: at(0.98) }), 'STOP_MARKET', { type: 'market' }],
    [
      'trigger price',
      'market',
      'buy',
      undefined,
      () => ({ triggerPrice: at(1.02) }),
      'STOP_MARKET',
      { type: 'market' },
    ],
    ['stop limit', 'limit', 'sell', 0.97, () => ({ stopLossPrice: at(0.98) }), 'STOP', { type: 'limit' }],
    [
      'take profit',
      'market',
      'sell',
      undefined,
      () => ({ takeProfitPrice: at(1.02) }),
      'TAKE_PROFIT_MARKET',
      { type: 'market' },
    ],
    [
      'take profit limit',
      'limit',
      'sell',
      1.03,
      () => ({ takeProfitPrice: at(1.02) }),
      'TAKE_PROFIT',
      { type: 'limit' },
    ],
    ['trailing stop', 'market', 'sell', undefined, () => ({ trailingPercent: 1.5 }), 'TRAILING_STOP_MARKET', {}],
    [
      'by mark, protected',
      'market',
      'sell',
      undefined,
      () => ({ stopLossPrice: at(0.98), workingType: 'MARK_PRICE', priceProtect: true }),
      'STOP_MARKET',
      {},
    ],
  ])('%s: waits, is found and listed, is cancelled', async (name, type, side, share, params, orderType, expected) => {
    const asked = params()
    const clientOrderId = `algo-${name.replaceAll(' ', '-').replaceAll(',', '')}`
    const placed = await place(type, side, share && at(share), { ...asked, clientOrderId })
    const trigger = asked['stopLossPrice'] ?? asked['takeProfitPrice'] ?? asked['triggerPrice']
    const wanted = { clientOrderId, side, amount: 0.01, status: 'open', triggerPrice: trigger, ...expected }
    expect(placed).toMatchObject(wanted)
    expect(infoOf(placed)).toMatchObject({ orderType, priceProtect: asked['priceProtect'] ?? false })
    if (asked['trailingPercent'] !== undefined) expect(infoOf(placed)['callbackRate']).toBe('1.5')
    const found = await client.fetchOrder(undefined as never, BTC, { trigger: true, clientOrderId })
    expect(found).toMatchObject({ ...wanted, id: placed.id })
    const open = await client.fetchOpenOrders(BTC, undefined, undefined, { trigger: true })
    expect(open.map(({ id }) => id)).toEqual([placed.id])
    expect(await client.fetchOpenOrders(BTC)).toEqual([])
    await client.cancelOrder(undefined as never, BTC, { trigger: true, clientOrderId })
    expect(await client.fetchOrder(String(placed.id), BTC, { trigger: true })).toMatchObject({ status: 'canceled' })
    await expect(client.cancelOrder(String(placed.id), BTC, { trigger: true })).rejects.toThrow(ccxt.OrderNotFound)
  })

  test("ccxt's trailingTriggerPrice is ignored by the venue, its own activatePrice is not", async () => {
    const trailing = (params: Params) => place('market', 'sell', undefined, { trailingPercent: 1, ...params })
    const lost = await trailing({ trailingTriggerPrice: at(1.02) })
    expect(infoOf(lost)['activatePrice']).toBe('')
    const kept = await trailing({ activatePrice: client.priceToPrecision(BTC, last * 1.02) })
    expect(Number(infoOf(kept)['activatePrice'])).toBe(at(1.02))
    await client.cancelAllOrders(BTC, { trigger: true })
  })

  test('triggered: the order it made trades under its client id', async () => {
    const { bids } = venue.exchange.depth(BTC, 2)
    await client.createOrder(BTC, 'market', 'buy', bids[0]![1] / 1000 + 0.02)
    // A trade at the second best bid passes the trigger between the two.
    const stop = await place('market', 'sell', undefined, {
      ...{ stopLossPrice: bids[0]![0] / 10, clientOrderId: 'fires', reduceOnly: true },
    })
    expect(stop.status).toBe('open')
    await client.createOrder(BTC, 'market', 'sell', bids[0]![1] / 1000 + 0.001)
    const fired = await client.fetchOrder(String(stop.id), BTC, { trigger: true })
    expect(['FINISHED', 'TRIGGERED']).toContain(infoOf(fired)['algoStatus'])
    const made = await client.fetchOrder(undefined as never, BTC, { clientOrderId: 'fires' })
    expect(made.id).toBe(infoOf(fired)['actualOrderId'])
  })
})

describe('positions and settings', () => {
  const flat = async () => {
    for (const { contracts, side } of await client.fetchPositions([BTC])) {
      await client.createOrder(BTC, 'market', side === 'long' ? 'sell' : 'buy', contracts!, undefined, {
        reduceOnly: true,
      })
    }
  }

  test('leverage tiers', async () => {
    const tiers = (await client.fetchLeverageTiers([BTC]))[BTC]!
    expect(tiers[1]).toMatchObject({
      ...{ tier: 2, currency: 'USDT', minNotional: 300_000, maxNotional: 800_000 },
      ...{ maintenanceMarginRate: 0.005, maxLeverage: 100 },
    })
  })

  test('isolated margin: set, added to, taken back; the liquidation price follows the documented formula', async () => {
    await flat()
    await client.setMarginMode('isolated', BTC)
    await client.setLeverage(10, BTC)
    await place('market', 'buy', undefined)
    expect(await client.addMargin(BTC, 20)).toMatchObject({ type: 'add', amount: 20, status: 'ok', symbol: BTC })
    expect(await client.reduceMargin(BTC, 5)).toMatchObject({ type: 'reduce', amount: 5, status: 'ok' })
    const [position] = await client.fetchPositions([BTC])
    const { isolatedWallet, entryPrice } = position!.info as Info
    // "How to Calculate Liquidation Price of USDⓈ-M Futures Contracts" (Binance FAQ), first tier: MMR 0.4 %, no deduction.
    const expected = (Number(isolatedWallet) - 0.01 * Number(entryPrice)) / (0.01 * 0.004 - 0.01)
    expect(position).toMatchObject({ marginMode: 'isolated', side: 'long', contracts: 0.01 })
    expect(position!.liquidationPrice).toBeCloseTo(expected, 2)
    await expect(client.reduceMargin(BTC, 100)).rejects.toThrow('-4051')
    await flat()
    await client.setMarginMode('cross', BTC)
  })

  test('hedge mode: both sides held apart, each closed by its own order', async () => {
    await flat()
    await client.setPositionMode(true)
    expect(await client.fetchPositionMode(BTC)).toMatchObject({ hedged: true })
    await place('market', 'buy', undefined, { hedged: true })
    await client.createOrder(BTC, 'market', 'sell', 0.02, undefined, { hedged: true })
    const held = async () => (await client.fetchPositions([BTC])).map(({ side, contracts }) => [side, contracts]).sort()
    expect(await held()).toEqual([
      ['long', 0.01],
      ['short', 0.02],
    ])
    await expect(place('market', 'buy', undefined)).rejects.toThrow('-4061')
    await expect(client.setPositionMode(false)).rejects.toThrow('-4068')
    await place('market', 'sell', undefined, { hedged: true, reduceOnly: true })
    await client.createOrder(BTC, 'market', 'buy', 0.02, undefined, { hedged: true, reduceOnly: true })
    expect(await held()).toEqual([])
    await client.setPositionMode(false)
  })
})

test('orders are counted for each account, and the count is told', async () => {
  await place('limit', 'buy', at(0.98))
  const headers = client.last_response_headers as Record<string, string>
  const count = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), Number(value)]))
  expect(count['x-mbx-order-count-10s']).toBeGreaterThan(0)
  expect(count['x-mbx-order-count-1m']).toBeGreaterThanOrEqual(count['x-mbx-order-count-10s']!)
  await client.cancelAllOrders(BTC)
})
