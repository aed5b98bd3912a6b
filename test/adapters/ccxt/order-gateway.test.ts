import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/adapters/clock/system-clock.ts'
import { InputError } from '../../../src/core/errors.ts'
import { epochMs, lots, type Side, ticks } from '../../../src/core/units.ts'
import { servedBinance } from '../../support/simulated-binance.ts'
import { orderGatewayContract } from '../../trading/order-gateway.contract.ts'
import { approved } from '../../trading/support/approved.ts'
import { until } from './support/until.ts'
import { type WatchedGateway, watchedGateway } from './support/watched-gateway.ts'

const BTC = 'BTC/USDT:USDT'

orderGatewayContract('ccxt, simulated Binance', async () => {
  const { server, exchange } = await servedBinance()
  const { gateway } = watchedGateway(server.url, exchange.instruments)
  await gateway.start()
  const clock = systemClock()
  return {
    gateway,
    instrument: exchange.instruments[0]!,
    quotes: async () => {
      const { bids, asks } = exchange.depth(BTC, 5)
      return { bidTicks: bids[0]![0], askTicks: asks[0]![0] }
    },
    pass: () => sleep(20),
    now: () => clock.now(),
    close: () => server.close(),
  }
})

describe('against the simulated exchange', () => {
  let served: Awaited<ReturnType<typeof servedBinance>>
  let watched: WatchedGateway
  let count = 0
  beforeEach(async () => {
    served = await servedBinance({ listenKeyLifeMs: 400 })
    watched = watchedGateway(served.server.url, served.exchange.instruments, { keepAliveMs: 150 })
    await watched.gateway.start()
  })
  afterEach(async () => {
    await watched.gateway.close()
    await served.server.close()
  })
  const streams = () => watched.events.flatMap((event) => (event.kind === 'stream' ? [event.state] : []))
  const order = (side: Side, type: 'market' | 'limit' = 'market', size = 10) => {
    const { bids, asks } = served.exchange.depth(BTC, 1)
    count += 1
    const price = ticks(type === 'market' ? asks[0]![0] : bids[0]![0] - 5_000)
    return approved({
      clientId: `tw-${count}`,
      side,
      type,
      price,
      lots: lots(size),
      timeInForce: type === 'limit' ? 'GTC' : 'IOC',
    })
  }
  const venueOrders = (clientId: string) =>
    served.protocol.ledger('demo').orders.filter((row) => row.clientOrderId === clientId)

  test('a trigger that the market has passed already is refused', async () => {
    const { price, ...rest } = order('buy')
    const trigger = { ticks: ticks(price - 10_000), by: 'last' } as const
    const stop = approved({ ...rest, price, type: 'stop-market', trigger })
    expect(await watched.gateway.submit(stop)).toMatchObject({ kind: 'rejected', code: '-2021' })
    expect(await watched.gateway.find(BTC, stop.clientId)).toEqual({ kind: 'absent' })
  })

  test('lost response: unknown, then found; one order at the venue', async () => {
    served.server.faults.onOrders(1, { kind: 'accept-but-lose-response' })
    const request = order('buy', 'limit')
    expect((await watched.gateway.submit(request)).kind).toBe('unknown')
    expect(await watched.gateway.find(BTC, request.clientId)).toMatchObject({
      kind: 'found',
      report: { state: 'open' },
    })
    expect(venueOrders(request.clientId)).toHaveLength(1)
  })

  test.each([
    ['503-accepted', 'found'],
    ['503-not-accepted', 'absent'],
  ] as const)('%s: unknown, then %s', async (kind, found) => {
    served.server.faults.onOrders(1, { kind })
    const request = order('buy', 'limit')
    expect((await watched.gateway.submit(request)).kind).toBe('unknown')
    expect((await watched.gateway.find(BTC, request.clientId)).kind).toBe(found)
  })

  test('an answer later than the limit: unknown, yet the order lives', async () => {
    const impatient = watchedGateway(served.server.url, served.exchange.instruments, { requestTimeoutMs: 500 })
    served.server.faults.onOrders(1, { kind: 'delay', ms: 700 })
    const request = order('buy', 'limit')
    expect((await impatient.gateway.submit(request)).kind).toBe('unknown')
    await sleep(300)
    expect((await impatient.gateway.find(BTC, request.clientId)).kind).toBe('found')
    await impatient.gateway.close()
  })

  test('cancel of a filled order: gone; a lost cancel: unknown, then cancelled', async () => {
    const market = order('buy')
    await watched.gateway.submit(market)
    expect(await watched.gateway.cancel(BTC, market.clientId)).toEqual({ kind: 'gone' })
    const resting = order('buy', 'limit')
    await watched.gateway.submit(resting)
    served.server.faults.onOrders(1, { kind: 'accept-but-lose-response' }, 'cancel')
    expect((await watched.gateway.cancel(BTC, resting.clientId)).kind).toBe('unknown')
    expect(await watched.gateway.find(BTC, resting.clientId)).toMatchObject({ report: { state: 'cancelled' } })
  })

  test('the stream: new, then per trade the fill before the report that counts it; account after', async () => {
    const request = order('buy', 'market', 500)
    await watched.gateway.submit(request)
    await until('position', () => watched.events.some((e) => e.kind === 'position' && e.report.lots === 500))
    let filled = 0
    for (const event of watched.events) {
      if (event.kind === 'fill') filled += event.fill.lots
      if (event.kind === 'order' && event.report.state !== 'cancelled') expect(event.report.filledLots).toBe(filled)
    }
    expect(filled).toBe(500)
    expect(watched.events.filter((event) => event.kind === 'order').map((event) => event.report.state)[0]).toBe('open')
    expect(watched.events.some((event) => event.kind === 'balance' && event.report.currency === 'USDT')).toBe(true)
  })

  test('fills of before name their client id although userTrades does not', async () => {
    const request = order('buy')
    await watched.gateway.submit(request)
    const fresh = watchedGateway(served.server.url, served.exchange.instruments)
    const since = epochMs(Date.now() - 60_000)
    const fills = await fresh.gateway.fillsSince(BTC, since)
    expect(new Set(fills.map((fill) => fill.clientId))).toEqual(new Set([request.clientId]))
    await fresh.gateway.close()
  })

  test('the listen key is prolonged: it outlives its life', async () => {
    await sleep(1_000)
    expect(streams()).toEqual(['up'])
  })

  test('the listen key expires: down, a new key, up, events again', async () => {
    served.server.faults.expireListenKey('demo')
    await until('up again', () => streams().length === 3)
    expect(streams()).toEqual(['up', 'down', 'up'])
    const request = order('buy')
    await watched.gateway.submit(request)
    await until('fill', () => watched.events.some((e) => e.kind === 'fill' && e.fill.clientId === request.clientId))
  })

  test('the private socket cut: down, up, events again', async () => {
    expect(served.server.faults.closeSockets('private')).toBe(1)
    await until('up again', () => streams().length === 3)
    const request = order('sell')
    await watched.gateway.submit(request)
    await until('fill', () => watched.events.some((e) => e.kind === 'fill' && e.fill.clientId === request.clientId))
  })

  test('setUp: twice without complaint; a leverage beyond the limit is refused', async () => {
    await watched.gateway.setUp({ leverage: 3, marginMode: 'isolated' })
    await watched.gateway.setUp({ leverage: 3, marginMode: 'isolated' })
    await expect(watched.gateway.setUp({ leverage: 126, marginMode: 'isolated' })).rejects.toThrow(InputError)
  })

  test('fee rates are those of the account', async () => {
    const { makerFeeRate, takerFeeRate } = served.exchange.instruments[0]!
    expect((await watched.gateway.feeRates()).get(BTC)).toEqual({ maker: makerFeeRate, taker: takerFeeRate })
  })

  test('a wrong key is refused at the start', async () => {
    const stranger = watchedGateway(served.server.url, served.exchange.instruments, {
      credentials: { apiKey: 'nobody', secret: 'nothing' },
    })
    await expect(stranger.gateway.start()).rejects.toThrow(InputError)
    await stranger.gateway.close()
  })
})
