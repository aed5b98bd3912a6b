import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InputError, TransientError } from '../../../src/core/errors.ts'
import { epochMs, lots, ticks } from '../../../src/core/units.ts'
import { approved } from '../../trading/support/approved.ts'
import { instrumentOf, type StubAnswer, type StubVenue, stubVenue } from './support/stub-venue.ts'
import { until } from './support/until.ts'
import { type WatchedGateway, watchedGateway } from './support/watched-gateway.ts'

const BTC = 'BTC/USDT:USDT'
const ORDER = 'POST /fapi/v1/order'
const refused = (code: number, status = 400): StubAnswer => ({ status, body: { code, msg: `message of ${code}` } })
const sent = (fields: object = {}) =>
  approved({ clientId: 'tw-1', lots: lots(20), price: ticks(600_001), timeInForce: 'GTX', ...fields })

let venue: StubVenue
let watched: WatchedGateway
beforeEach(async () => {
  venue = await stubVenue()
  watched = watchedGateway(venue.url, [instrumentOf('BTC'), instrumentOf('ETH')], { requestTimeoutMs: 1_500 })
})
afterEach(async () => {
  await watched.gateway.close()
  await venue.close()
})
const asked = (route: string) => venue.requests.filter((request) => request.route === route)

describe('submit', () => {
  test('a limit order: exact strings, our id, nothing else', async () => {
    venue.routes.set(ORDER, () => ({ body: '{"orderId": 8389765591234567890, "status": "NEW"}' }))
    expect(await watched.gateway.submit(sent())).toEqual({ kind: 'accepted', venueId: '8389765591234567890' })
    const { timestamp: _t, signature: _s, recvWindow, ...params } = asked(ORDER)[0]!.params
    expect(recvWindow).toBe('5000')
    expect(params).toEqual({
      ...{ symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', quantity: '0.020', price: '60000.1', timeInForce: 'GTX' },
      ...{ newClientOrderId: 'tw-1', newOrderRespType: 'ACK' },
    })
  })

  test('a market order names no price', async () => {
    venue.routes.set(ORDER, () => ({ body: { orderId: 1 } }))
    await watched.gateway.submit(sent({ type: 'market', side: 'sell', reduceOnly: true }))
    const { timestamp: _t, signature: _s, recvWindow: _r, ...params } = asked(ORDER)[0]!.params
    expect(params).toEqual({
      ...{ symbol: 'BTCUSDT', side: 'SELL', type: 'MARKET', quantity: '0.020', reduceOnly: 'true' },
      ...{ newClientOrderId: 'tw-1', newOrderRespType: 'ACK' },
    })
  })

  test.each<[string, StubAnswer, string]>([
    ['margin is insufficient', refused(-2019), '-2019'],
    ['reduce-only refused', refused(-2022), '-2022'],
    ['below the least notional', refused(-4164), '-4164'],
    ['post-only would cross', refused(-5022), '-5022'],
    ['too many orders', refused(-1015), '-1015'],
    ['wrong signature', refused(-1022), '-1022'],
    ['key without rights', refused(-2015, 401), '-2015'],
    ['throttled by system protection, a definite failure', refused(-1008, 503), '-1008'],
    ['too many requests', refused(-1003, 429), 'rate-limited'],
    ['banned', { status: 418, headers: { 'retry-after': '1' }, body: '<html>' }, 'rate-limited'],
    ['clock still off after a new estimate', refused(-1021), '-1021'],
  ])('%s -> rejected', async (_name, reply, code) => {
    venue.routes.set(ORDER, () => reply)
    expect(await watched.gateway.submit(sent())).toMatchObject({ kind: 'rejected', code })
  })

  test.each<[string, StubAnswer]>([
    ['duplicate client id', refused(-4116)],
    ['timeout behind the gateway', refused(-1007, 408)],
    ['unknown error', refused(-1000)],
    ['disconnected', refused(-1001)],
    ['unexpected response', refused(-1006)],
    ['503 without a code', { status: 503, body: 'Service Unavailable.' }],
    ['a definite code in a 500', refused(-2019, 500)],
    ['502 of a proxy', { status: 502, body: '<html>Bad Gateway</html>' }],
    ['403 of a firewall', { status: 403, body: '<html>Forbidden</html>' }],
    ['200 without an order', { body: {} }],
    ['200 without JSON', { body: 'hello' }],
    ['a dropped connection', 'drop'],
    ['no answer', 'hang'],
  ])('%s -> unknown', async (_name, reply) => {
    venue.routes.set(ORDER, () => reply)
    expect((await watched.gateway.submit(sent())).kind).toBe('unknown')
    expect(asked(ORDER)).toHaveLength(1) // Never sent again.
  })

  test('nobody there: unknown, the cause without signature', async () => {
    const lonely = watchedGateway('http://127.0.0.1:9', [instrumentOf('BTC')])
    expect((await lonely.gateway.submit(sent())).kind).toBe('unknown')
    const lookup = await lonely.gateway.find(BTC, 'tw-1')
    expect(lookup).toMatchObject({ kind: 'unknown', cause: expect.not.stringMatching(/signature/) })
    await lonely.gateway.close()
  })

  test.each([-1021, -5028])('%i: the clock is read again and the same order sent once more', async (code) => {
    const aheadMs = 60_000
    venue.routes.set('GET /fapi/v1/time', () => ({ body: { serverTime: Date.now() + aheadMs } }))
    venue.routes.set(ORDER, ({ timestamp }) =>
      Math.abs(Number(timestamp) - Date.now() - aheadMs) < 2_000 ? { body: { orderId: 5 } } : refused(code),
    )
    expect(await watched.gateway.submit(sent())).toEqual({ kind: 'accepted', venueId: '5' })
    expect(asked(ORDER).map(({ params }) => params['newClientOrderId'])).toEqual(['tw-1', 'tw-1'])
  })

  test('the resent order without an answer: unknown', async () => {
    let count = 0
    venue.routes.set(ORDER, () => {
      count += 1
      return count === 1 ? refused(-1021) : 'drop'
    })
    expect((await watched.gateway.submit(sent())).kind).toBe('unknown')
    expect(count).toBe(2)
  })

  test('after 429 nothing is sent before Retry-After', async () => {
    venue.routes.set(ORDER, () => ({
      status: 429,
      headers: { 'retry-after': '1' },
      body: { code: -1003, msg: 'slow' },
    }))
    await watched.gateway.submit(sent())
    expect(await watched.gateway.submit(sent())).toMatchObject({ kind: 'rejected', code: 'rate-limited' })
    expect((await watched.gateway.cancel(BTC, 'tw-1')).kind).toBe('unknown')
    expect(venue.requests).toHaveLength(1)
    await new Promise((resolve) => setTimeout(resolve, 1_010))
    venue.routes.set(ORDER, () => ({ body: { orderId: 6 } }))
    expect((await watched.gateway.submit(sent())).kind).toBe('accepted')
  })
})

describe('cancel and find', () => {
  test.each<[StubAnswer, string]>([
    [{ body: { orderId: 1, status: 'CANCELED' } }, 'cancelled'],
    [refused(-2011), 'gone'],
    [refused(-1007, 408), 'unknown'],
    ['drop', 'unknown'],
  ])('cancel: %o -> %s', async (reply, kind) => {
    venue.routes.set('DELETE /fapi/v1/order', () => reply)
    expect((await watched.gateway.cancel(BTC, 'tw-1')).kind).toBe(kind)
  })

  test.each<[StubAnswer, string]>([
    [refused(-2013), 'absent'],
    [refused(-2011), 'unknown'],
    [{ status: 503, body: '' }, 'unknown'],
    [{ body: { orderId: 1, status: 'NONSENSE' } }, 'unknown'],
    ['drop', 'unknown'],
  ])('find: %o -> %s', async (reply, kind) => {
    venue.routes.set('GET /fapi/v1/order', () => reply)
    expect((await watched.gateway.find(BTC, 'tw-1')).kind).toBe(kind)
  })
})

describe('snapshot', () => {
  const position = (fields: object = {}) => ({
    ...{ symbol: 'BTCUSDT', positionSide: 'BOTH', positionAmt: '-0.020', entryPrice: '60000.1', updateTime: 5 },
    ...fields,
  })
  const answers = (positions: unknown) => {
    venue.routes.set('GET /fapi/v1/openOrders', () => ({ body: [] }))
    venue.routes.set('GET /fapi/v3/balance', () => ({ body: [{ asset: 'USDT', balance: '10.5', updateTime: 1 }] }))
    venue.routes.set('GET /fapi/v3/positionRisk', () => ({ body: positions }))
  }

  test('short position, flat instrument without a row, balance', async () => {
    answers([position()])
    expect(await watched.gateway.snapshot([BTC, 'ETH/USDT:USDT'])).toMatchObject({
      openOrders: [],
      positions: [
        { symbol: BTC, lots: -20, entryPrice: '60000.1' },
        { symbol: 'ETH/USDT:USDT', lots: 0, entryPrice: '0' },
      ],
      balances: [{ currency: 'USDT', wallet: '10.5' }],
    })
  })

  test('a hedge-mode position is no flat one', async () => {
    answers([position({ positionSide: 'LONG', positionAmt: '0.020' })])
    await expect(watched.gateway.snapshot([BTC])).rejects.toThrow(InputError)
  })

  test.each<[string, StubAnswer]>([
    ['503', { status: 503, body: '' }],
    ['no list', { body: {} }],
    ['a size off the grid', { body: [position({ positionAmt: '0.0205' })] }],
    ['dropped', 'drop'],
  ])('silence is not flat: %s -> TransientError', async (_name, reply) => {
    answers([])
    venue.routes.set('GET /fapi/v3/positionRisk', () => reply)
    await expect(watched.gateway.snapshot([BTC])).rejects.toThrow(TransientError)
  })
})

describe('fillsSince', () => {
  const DAY_MS = 86_400_000
  /** One a minute; ids ascend; `burst` of them in the very same millisecond. */
  const history = (count: number, startAt: number, stepMs: number) =>
    Array.from({ length: count }, (_, index) => ({
      ...{
        symbol: 'BTCUSDT',
        id: 1_000 + index,
        orderId: 7 + (index % 3),
        side: 'BUY',
        price: '60000.1',
        qty: '0.001',
      },
      ...{
        commission: '-0.01',
        commissionAsset: 'USDT',
        realizedPnl: '1.5',
        maker: true,
        buyer: true,
        positionSide: 'BOTH',
      },
      time: startAt + index * stepMs,
    }))
  function serve(rows: ReturnType<typeof history>): void {
    venue.routes.set('GET /fapi/v1/userTrades', ({ fromId, startTime, endTime, limit }) => {
      if (endTime !== undefined && Number(endTime) - Number(startTime) > 7 * DAY_MS) return refused(-4165)
      if (fromId !== undefined && startTime !== undefined) return refused(-1128)
      const chosen = rows.filter((row) =>
        fromId === undefined ? row.time >= Number(startTime) && row.time <= Number(endTime) : row.id >= Number(fromId),
      )
      return { body: chosen.slice(0, Number(limit)) }
    })
    venue.routes.set('GET /fapi/v1/order', ({ orderId }) =>
      orderId === '9' ? refused(-2013) : { body: { orderId: Number(orderId), clientOrderId: `tw-${orderId}` } },
    )
  }

  test.each<[string, number, number]>([
    ['none', 0, 0],
    ['one page', 999, 1_000],
    ['exactly a page', 1_000, 1_000],
    ['three pages', 2_500, 1_000],
    ['2,500 in one millisecond', 2_500, 0],
    ['six weeks, one an hour', 1_000, 3_600_000],
  ])('%s: all, each once, ascending', async (_name, count, stepMs) => {
    const startAt = Date.now() - 43 * DAY_MS
    const rows = history(count, startAt, stepMs)
    serve(rows)
    const fills = await watched.gateway.fillsSince(BTC, epochMs(startAt + 0.5))
    expect(fills.map((fill) => fill.tradeId)).toEqual(rows.map((row) => String(row.id)))
    // Three orders, each looked up once; one of them is forgotten by the venue.
    if (count === 0) return
    expect(asked('GET /fapi/v1/order')).toHaveLength(3)
    expect(fills.slice(0, 3).map((fill) => fill.clientId)).toEqual(['tw-7', 'tw-8', ''])
    expect(fills[0]).toEqual({
      ...{ symbol: BTC, tradeId: '1000', clientId: 'tw-7', venueId: '7', side: 'buy', price: 600_001, lots: 1 },
      ...{ fee: '-0.01', feeCurrency: 'USDT', realisedPnl: '1.5', maker: true, at: startAt },
    })
  })

  test('a broken row: TransientError, not a missing fill', async () => {
    serve(history(1, Date.now() - 1_000, 0).map((row) => ({ ...row, price: '60000.15' })))
    await expect(watched.gateway.fillsSince(BTC, epochMs(Date.now() - 60_000))).rejects.toThrow(TransientError)
  })
})

describe('user stream', () => {
  const frame = (o: object) => ({ e: 'ORDER_TRADE_UPDATE', E: 10, T: 9, o: { ...filled, ...o } })
  const filled = {
    ...{ s: 'BTCUSDT', c: 'tw-1', S: 'SELL', o: 'LIMIT', f: 'GTC', q: '0.020', p: '60000.1', x: 'TRADE' },
    ...{ X: 'PARTIALLY_FILLED', i: 1, l: '0.005', z: '0.015', L: '60000.2', N: 'BNB', n: '0.0001', T: 9, t: 77 },
    ...{ m: true, R: false, rp: '-3.5', ps: 'BOTH' },
  }
  const account = (m: string, bc: string, P: object[] = []) => ({
    ...{ e: 'ACCOUNT_UPDATE', E: 10, T: 9, a: { m, B: [{ a: 'USDT', wb: '99.5', cw: '99.5', bc }], P } },
  })
  async function heard(...frames: (object | string)[]) {
    await watched.gateway.start()
    venue.send('private', ...frames, account('ORDER', '0'))
    await until('the last frame', () =>
      watched.events.some((event) => event.kind === 'balance' && event.report.updatedAt === 9),
    )
    return watched.events.slice(1)
  }

  test('a partial fill: the fill, then the report', async () => {
    expect((await heard(frame({}))).slice(0, 2)).toEqual([
      {
        kind: 'fill',
        fill: {
          ...{ symbol: BTC, tradeId: '77', clientId: 'tw-1', venueId: '1', side: 'sell', price: 600_002, lots: 5 },
          ...{ fee: '0.0001', feeCurrency: 'BNB', realisedPnl: '-3.5', maker: true, at: 9 },
        },
      },
      {
        kind: 'order',
        report: {
          ...{ symbol: BTC, clientId: 'tw-1', venueId: '1', state: 'partial', side: 'sell', lots: 20, filledLots: 15 },
          ...{ priceTicks: 600_001, reduceOnly: false, updatedAt: 9 },
        },
      },
    ])
  })

  test('an order id beyond 2^53 keeps all its digits', async () => {
    const text = JSON.stringify(frame({ l: '0' })).replace('"i":1,', '"i":8389765591234567891,')
    expect((await heard(text))[0]).toMatchObject({ kind: 'order', report: { venueId: '8389765591234567891' } })
  })

  test('funding is cash, before the balance that holds it', async () => {
    expect((await heard(account('FUNDING_FEE', '-1.25'))).slice(0, 2)).toEqual([
      { kind: 'cash', currency: 'USDT', amount: '-1.25', reason: 'FUNDING_FEE', at: 9 },
      { kind: 'balance', report: { currency: 'USDT', wallet: '99.5', updatedAt: 9 } },
    ])
  })

  test('positions: signed, flat without an entry price, other sides and instruments left out', async () => {
    const row = { s: 'BTCUSDT', pa: '-0.005', ep: '60000.2', ps: 'BOTH' }
    const events = await heard(
      account('ORDER', '0', [
        row,
        { ...row, s: 'ETHUSDT', pa: '0', ep: '0.0' },
        { ...row, ps: 'LONG' },
        { ...row, s: 'XRPUSDT' },
      ]),
    )
    expect(events.flatMap((event) => (event.kind === 'position' ? [event.report] : []))).toEqual([
      { symbol: BTC, lots: -5, entryPrice: '60000.2', updatedAt: 9 },
      { symbol: 'ETH/USDT:USDT', lots: 0, entryPrice: '0', updatedAt: 9 },
    ])
  })

  test.each<[string, object | string]>([
    ['no JSON', '{"e":'],
    ['an unknown state', frame({ X: 'ODD' })],
    ['a price off the grid', frame({ L: '60000.15' })],
  ])('%s: everything must be asked for', async (_name, broken) => {
    expect((await heard(broken))[0]).toMatchObject({ kind: 'stream', state: 'up', detail: /malformed/ })
  })

  test('prolongation: a key that is gone is replaced; a passing failure is not', async () => {
    await watched.gateway.close()
    watched = watchedGateway(venue.url, [instrumentOf('BTC')], { keepAliveMs: 50 })
    await watched.gateway.start()
    venue.routes.set('PUT /fapi/v1/listenKey', () => ({ status: 503, body: '' }))
    await until('failed twice', () => asked('PUT /fapi/v1/listenKey').length > 2)
    expect(watched.events).toHaveLength(1)
    venue.routes.set('POST /fapi/v1/listenKey', () => ({ body: { listenKey: 'key-2' } }))
    venue.routes.set('PUT /fapi/v1/listenKey', () => refused(-1125))
    await until('down', () => watched.events.length >= 2)
    venue.routes.delete('PUT /fapi/v1/listenKey')
    await until('up', () => watched.events.length >= 3)
    expect(venue.sockets('private')).toHaveLength(1)
  })

  test('listenKeyExpired: down, a new key at once, up', async () => {
    await watched.gateway.start()
    venue.routes.set('POST /fapi/v1/listenKey', () => ({ body: { listenKey: 'key-2' } }))
    venue.send('private', { e: 'listenKeyExpired', E: 1, listenKey: 'key-1' })
    await until('up again', () => watched.events.length === 3)
    expect(watched.events.slice(1)).toMatchObject([
      { kind: 'stream', state: 'down', detail: 'the listen key expired' },
      { kind: 'stream', state: 'up' },
    ])
    expect(venue.sockets('private')).toHaveLength(1)
  })

  test('close ends timers and sockets, and completes', async () => {
    const handles = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'TCPSocketWrap')
    await watched.gateway.start()
    let isComplete = false
    watched.gateway.events$.subscribe({ complete: () => (isComplete = true) })
    await watched.gateway.close()
    await venue.close()
    expect(isComplete).toBe(true)
    await until('no handle left', () => handles().length === 0)
    venue = await stubVenue()
  })

  test('a hedge-mode account is refused by setUp', async () => {
    venue.routes.set('GET /fapi/v1/positionSide/dual', () => ({ body: { dualSidePosition: true } }))
    await expect(watched.gateway.setUp({ leverage: 1, marginMode: 'cross' })).rejects.toThrow(/hedge mode/)
  })
})
