import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { systemClock } from '../../../src/adapters/clock/system-clock.ts'
import type { ExchangeServerOptions } from '../../../src/adapters/exchange-server/exchange-server.ts'
import { epochMs } from '../../../src/core/units.ts'
import { servedBinance } from '../../support/simulated-binance.ts'

type Json = Record<string, unknown>
const closers: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function serve(options: Partial<ExchangeServerOptions> = {}) {
  const venue = await servedBinance(options)
  closers.push(() => venue.server.close())
  return venue
}

async function socket(port: number, path: string) {
  const client = new WebSocket(`ws://127.0.0.1:${port}${path}`)
  const frames: Json[] = []
  client.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString()) as Json))
  client.on('error', () => undefined)
  closers.push(() => client.terminate())
  await once(client, 'open')
  return {
    client,
    frames,
    ask: async (message: Json) => {
      client.send(JSON.stringify(message))
      return until(() => frames.find((frame) => frame['id'] === message['id']))
    },
  }
}

async function until<T>(look: () => T | undefined, ms = 4_000): Promise<T> {
  for (let waited = 0; waited < ms; waited += 5) {
    const found = look()
    if (found !== undefined && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error('nothing came in time')
}

const signed = (params: Json) => {
  const text = new URLSearchParams({ ...(params as Record<string, string>), timestamp: String(Date.now()) }).toString()
  return `${text}&signature=${createHmac('sha256', 'demo').update(text).digest('hex')}`
}
const headers = { 'X-MBX-APIKEY': 'demo' }
const order = (url: string, extra: Json = {}) =>
  fetch(`${url}/fapi/v1/order`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: signed({
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: '0.010',
      price: '58000',
      ...extra,
    }),
  })
const listenKey = async (url: string) =>
  ((await (await fetch(`${url}/fapi/v1/listenKey`, { method: 'POST', headers })).json()) as { listenKey: string })
    .listenKey

describe('stream connections', () => {
  test('SUBSCRIBE, LIST_SUBSCRIPTIONS, UNSUBSCRIBE are acknowledged and do what they say', async () => {
    const { server } = await serve()
    const { ask, frames } = await socket(server.port, '/public/ws')
    expect(await ask({ method: 'SUBSCRIBE', params: ['btcusdt@depth@100ms', 'ethusdt@bookTicker'], id: 1 })).toEqual({
      result: null,
      id: 1,
    })
    await until(() => frames.find(({ e, s }) => e === 'depthUpdate' && s === 'BTCUSDT'))
    await until(() => frames.find(({ e, s }) => e === 'bookTicker' && s === 'ETHUSDT'))
    await ask({ method: 'UNSUBSCRIBE', params: ['btcusdt@depth@100ms'], id: 2 })
    expect(await ask({ method: 'LIST_SUBSCRIPTIONS', id: 3 })).toEqual({ result: ['ethusdt@bookTicker'], id: 3 })
    const count = frames.filter(({ e }) => e === 'depthUpdate').length
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(frames.filter(({ e }) => e === 'depthUpdate')).toHaveLength(count)
  })

  test('a stream of the other endpoint, an unknown one, an unknown method and no JSON are refused', async () => {
    const { server } = await serve()
    const { ask, client, frames } = await socket(server.port, '/market/ws')
    for (const [id, stream] of ['btcusdt@depth', 'dogeusdt@aggTrade', 'nothing'].entries()) {
      expect(await ask({ method: 'SUBSCRIBE', params: [stream], id })).toMatchObject({ error: { code: 2 }, id })
    }
    expect(await ask({ method: 'LOGIN', params: [], id: 9 })).toMatchObject({ error: { code: 2 }, id: 9 })
    client.send('{')
    await until(() => frames.find(({ error }) => (error as { code?: number } | undefined)?.code === 3))
    expect(await ask({ method: 'SUBSCRIBE', params: ['btcusdt@aggTrade'], id: 10 })).toEqual({ result: null, id: 10 })
  })

  test('the combined form wraps its frames', async () => {
    const { server } = await serve()
    const { frames } = await socket(server.port, '/public/stream?streams=btcusdt@bookTicker/btcusdt@trade')
    expect(await until(() => frames[0])).toMatchObject({
      stream: expect.stringMatching(/^btcusdt@/),
      data: { s: 'BTCUSDT' },
    })
  })

  test.each(['/ws', '/public/other', '/private/ws?listenKey=none'])('%s is not to be had', async (path) => {
    const { server } = await serve()
    const client = new WebSocket(`ws://127.0.0.1:${server.port}${path}`)
    const [error] = (await once(client, 'error')) as [Error]
    expect(error.message).toMatch(/Unexpected server response: 40[04]/)
  })

  test('a client for whom too much waits is cut, the others stay', async () => {
    const { server } = await serve({ sendBufferBytesMax: 2_000 })
    const reading = await socket(server.port, '/public/ws')
    await reading.ask({ method: 'SUBSCRIBE', params: ['btcusdt@trade'], id: 1 })
    // The kernel's buffers hide a slow reader for megabytes: one frame larger than the bound shows the same.
    const flooded = await socket(server.port, '/public/ws')
    flooded.client.send(JSON.stringify({ method: 'SUBSCRIBE', params: ['x'.repeat(3_000)], id: 1 }))
    await once(flooded.client, 'close')
    expect(server.counters().slowClients).toBe(1)
    expect(reading.client.readyState).toBe(WebSocket.OPEN)
  })
})

describe('faults', () => {
  test('a dropped depth frame leaves a hole in the chain, once', async () => {
    const { server } = await serve()
    const { ask, frames } = await socket(server.port, '/public/ws')
    await ask({ method: 'SUBSCRIBE', params: ['btcusdt@depth@100ms'], id: 1 })
    const depths = () => frames.filter(({ e }) => e === 'depthUpdate') as { u: number; pu: number }[]
    await until(() => depths().length >= 2)
    server.faults.dropDepthFrames('BTCUSDT', 1)
    const before = depths().length
    await until(() => depths().length >= before + 3)
    const holes = depths()
      .slice(1)
      .filter((frame, index) => frame.pu !== depths()[index]!.u)
    expect(holes).toHaveLength(1)
  })

  test('order requests: lost answer, 503 accepted, 503 not accepted, delay; each once', async () => {
    const { server, exchange } = await serve()
    const ids = () => exchange.orders('demo').map(({ clientId }) => clientId)
    server.faults.onOrders(1, { kind: 'accept-but-lose-response' })
    await expect(order(server.url, { newClientOrderId: 'lost' })).rejects.toThrow('fetch failed')
    server.faults.onOrders(1, { kind: '503-accepted' })
    const unknown = await order(server.url, { newClientOrderId: 'unknown' })
    expect([unknown.status, await unknown.json()]).toMatchObject([
      503,
      { msg: expect.stringContaining('Unknown error') },
    ])
    server.faults.onOrders(1, { kind: '503-not-accepted' })
    expect((await order(server.url, { newClientOrderId: 'refused' })).status).toBe(503)
    server.faults.onOrders(1, { kind: 'delay', ms: 200 })
    const started = performance.now()
    expect((await order(server.url, { newClientOrderId: 'late' })).status).toBe(200)
    expect(performance.now() - started).toBeGreaterThan(190)
    expect((await order(server.url, { newClientOrderId: 'plain' })).status).toBe(200)
    expect(ids()).toEqual(['lost', 'unknown', 'late', 'plain'])
  })

  test('an expired listen key says so, and its stream is silent afterwards', async () => {
    const { server } = await serve()
    const key = await listenKey(server.url)
    const { frames } = await socket(server.port, `/private/ws?listenKey=${key}`)
    await order(server.url)
    await until(() => frames.find(({ e }) => e === 'ORDER_TRADE_UPDATE'))
    server.faults.expireListenKey('demo')
    expect(await until(() => frames.find(({ e }) => e === 'listenKeyExpired'))).toMatchObject({ listenKey: key })
    const count = frames.length
    await order(server.url)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(frames).toHaveLength(count)
    const put = await fetch(`${server.url}/fapi/v1/listenKey`, { method: 'PUT', headers })
    expect([put.status, await put.json()]).toMatchObject([400, { code: -1125 }])
    expect(await listenKey(server.url)).not.toBe(key)
  })

  test('a listen key ends by itself', async () => {
    const { server } = await serve({ listenKeyLifeMs: 150 })
    const { frames } = await socket(server.port, `/private/ws?listenKey=${await listenKey(server.url)}`)
    await until(() => frames.find(({ e }) => e === 'listenKeyExpired'))
  })

  test('sockets can be cut, and connections refused for a while', async () => {
    const { server } = await serve()
    const { client } = await socket(server.port, '/public/ws')
    expect(server.faults.closeSockets('market')).toBe(0)
    expect(server.faults.closeSockets()).toBe(1)
    await once(client, 'close')
    server.faults.refuseConnections(200)
    await expect(fetch(`${server.url}/fapi/v1/time`)).rejects.toThrow('fetch failed')
    await new Promise((resolve) => setTimeout(resolve, 250))
    expect((await fetch(`${server.url}/fapi/v1/time`)).status).toBe(200)
  })
})

describe('around it', () => {
  test('the admin side names the instance and the ledger', async () => {
    const { server } = await serve()
    await order(server.url, { newClientOrderId: 'one' })
    const instance = (await (await fetch(`${server.url}/simulator/instance`)).json()) as Json
    expect(instance).toEqual({ ...server.instance, seed: 7 })
    const ledger = (await (await fetch(`${server.url}/simulator/ledger?apiKey=demo`)).json()) as Json
    expect(ledger).toMatchObject({
      account: 'demo',
      wallet: '10000',
      orders: [{ clientOrderId: 'one', price: '58000.00' }],
    })
    expect((await fetch(`${server.url}/simulator/ledger?apiKey=none`)).status).toBe(404)
  })

  test('two keys are two accounts', async () => {
    const keys = ['demo', 'other'].map((name) => ({ apiKey: name, secret: 'demo', account: name }))
    const { server, exchange } = await serve({ keys })
    await order(server.url)
    expect([exchange.orders('demo').length, exchange.orders('other').length]).toEqual([1, 0])
  })

  test('too many requests: 429 and -1003', async () => {
    const venue = await servedBinance()
    const protocol = { ...venue.protocol, requestWeightMax: 2 }
    await venue.server.close()
    const { server } = await serve({ protocol })
    const get = () => fetch(`${server.url}/fapi/v1/time`)
    const statuses = [(await get()).status, (await get()).status]
    const third = await get()
    // A minute may turn between two requests, which starts the count anew.
    if (third.status !== 429) return
    expect(statuses).toEqual([200, 200])
    expect([third.headers.get('retry-after'), await third.json()]).toMatchObject(['60', { code: -1003 }])
  })

  test('a step of the machine’s clock moves nothing; hours of sleep are caught up a second at a time', async () => {
    const local = systemClock()
    let [stepMs, sleptMs] = [0, 0]
    const clock = {
      now: () => epochMs(local.now() + stepMs + sleptMs),
      monotonicMs: () => local.monotonicMs() + sleptMs,
    }
    const { server } = await serve({ clock, tickMs: 60_000 })
    const serverTime = async () => {
      const reply = await fetch(`${server.url}/fapi/v1/time`)
      return ((await reply.json()) as { serverTime: number }).serverTime
    }
    const before = await serverTime()
    stepMs = -3_600_000
    await new Promise((resolve) => setTimeout(resolve, 50))
    const afterStepMs = (await serverTime()) - before
    expect(afterStepMs).toBeGreaterThanOrEqual(49)
    expect(afterStepMs).toBeLessThan(900)
    stepMs = 0
    sleptMs = 4 * 3_600_000
    const aheadMs = (await serverTime()) - before
    expect(aheadMs).toBeGreaterThanOrEqual(1_000)
    expect(aheadMs).toBeLessThan(10_000)
  })

  test('idle: told when no client has come for so long, not while one is connected', async () => {
    let idle = 0
    const { server } = await serve({ idleExitMs: 150, onIdle: () => (idle += 1) })
    const { client } = await socket(server.port, '/public/ws')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(idle).toBe(0)
    client.terminate()
    await until(() => idle === 1)
  })

  test('a port in use is the user’s mistake', async () => {
    const { server } = await serve()
    await expect(servedBinance({ port: server.port })).rejects.toThrow(`port was ${server.port} on 127.0.0.1`)
  })

  test('unknown endpoints are a 404, a missing key a 401', async () => {
    const { server } = await serve()
    expect((await fetch(`${server.url}/fapi/v1/nothing`)).status).toBe(404)
    expect((await fetch(`${server.url}/fapi/v2/account`)).status).toBe(401)
  })
})
