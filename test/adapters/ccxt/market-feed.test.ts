import ccxt from 'ccxt'
import { config } from 'rxjs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { InputError, TransientError } from '../../../src/core/errors.ts'
import { type WatchedFeed, watchedFeed } from './support/stub-feed.ts'
import { instrumentOf, type StubVenue, stubVenue } from './support/stub-venue.ts'
import { until } from './support/until.ts'

const BTC = 'BTC/USDT:USDT'
const ETH = 'ETH/USDT:USDT'
const delta = (lastId: number, fields: object = {}) => ({
  e: 'depthUpdate',
  E: Date.now(),
  T: Date.now(),
  s: 'BTCUSDT',
  U: lastId,
  u: lastId,
  pu: lastId - 1,
  b: [['99.9', '1.000']],
  a: [],
  ...fields,
})
const trade = (id: number) => ({
  ...{ e: 'aggTrade', E: Date.now(), T: Date.now(), s: 'BTCUSDT', a: id },
  ...{ p: '100.0', q: '0.001', f: id, l: id, m: false },
})
const mark = (s = 'BTCUSDT') => ({
  ...{ e: 'markPriceUpdate', E: Date.now(), s, p: '100.0', i: '100.0', P: '100', r: '0.0001', T: Date.now() },
})

let venue: StubVenue
let watched: WatchedFeed | undefined
beforeEach(async () => {
  venue = await stubVenue()
})
afterEach(async () => {
  await watched?.feed.close()
  watched = undefined
  await venue.close()
})

async function started(options: Parameters<typeof watchedFeed>[1] = {}): Promise<WatchedFeed> {
  const it = watchedFeed(venue.url, options)
  watched = it
  await it.feed.start()
  await until('both sockets up, first snapshot', () =>
    [...it.events.keys()].every(
      (symbol) => it.of(symbol, 'connection').length >= 2 && it.of(symbol, 'book').some((e) => e.type === 'snapshot'),
    ),
  )
  return it
}

describe('instruments', () => {
  test('exact strings of the filters', async () => {
    watched = watchedFeed(venue.url)
    expect(await watched.feed.instruments([BTC, ETH])).toEqual([instrumentOf('BTC'), instrumentOf('ETH')])
  })

  test('an unknown symbol names those near it', async () => {
    watched = watchedFeed(venue.url)
    const asked = watched.feed.instruments(['BTC/USD:USDT'])
    await expect(asked).rejects.toThrow(InputError)
    await expect(asked).rejects.toThrow(/"BTC\/USD:USDT" is not listed; near: BTC\/USDT:USDT/)
  })

  test('a symbol that does not trade is refused', async () => {
    watched = watchedFeed(venue.url)
    await expect(watched.feed.instruments(['OLD/USDT:USDT'])).rejects.toThrow(/status at the venue is SETTLING/)
  })

  test('no exchange: TransientError', async () => {
    watched = watchedFeed('http://127.0.0.1:9')
    await expect(watched.feed.instruments([BTC])).rejects.toThrow(TransientError)
  })
})

describe('stream', () => {
  test('up before anything else, split endpoints, snapshot after the acknowledgement', async () => {
    const { events } = await started()
    expect(venue.subscriptions.sort()).toEqual([
      ['btcusdt@aggTrade', 'btcusdt@markPrice@1s', 'btcusdt@forceOrder'],
      ['btcusdt@depth@100ms', 'btcusdt@bookTicker'],
    ])
    expect(events.get(BTC)!.map((event) => event.kind)).toEqual(['connection', 'connection', 'book'])
    expect(events.get(BTC)![2]).toMatchObject({ type: 'snapshot', lastId: 100, bids: [1000, 1000], asks: [1001, 2000] })
  })

  test('a burst of 20,000 frames: none lost, order kept', async () => {
    const { feed, of } = await started()
    const ids = Array.from({ length: 10_000 }, (_, index) => 101 + index)
    venue.send('public', ...ids.map((id) => delta(id)))
    venue.send('market', ...ids.map(trade))
    await until('all frames', () => feed.counts().frames >= 20_000)
    expect(of(BTC, 'book').flatMap((event) => (event.type === 'delta' ? [event.lastId] : []))).toEqual(ids)
    expect(of(BTC, 'trade').map((event) => event.tradeId)).toEqual(ids)
    expect(feed.counts()).toMatchObject({ frames: 20_000, malformed: 0, downs: 0 })
  })

  test('no frame reaches ccxt, which would keep a book and trades of its own', async () => {
    const seenByCcxt = vi.spyOn(ccxt.pro.binanceusdm.prototype, 'handleMessage')
    const { feed } = await started()
    venue.send('public', delta(101))
    venue.send('market', trade(1))
    await until('frames', () => feed.counts().frames === 2)
    expect(seenByCcxt).not.toHaveBeenCalled()
    seenByCcxt.mockRestore()
  })

  test('a killed socket: down, gap, up, gap, a new snapshot; the other instrument of the socket too', async () => {
    const { of, events } = await started({ symbols: [BTC, ETH] })
    const before = events.get(ETH)!.length
    for (const socket of venue.sockets('public')) socket.terminate()
    await until('new snapshot', () => of(ETH, 'book').length === 2)
    expect(
      events
        .get(ETH)!
        .slice(before)
        .map((e) => (e.kind === 'connection' ? e.state : e.kind)),
    ).toEqual([...['down', 'gap', 'up', 'gap', 'book']])
    expect(of(BTC, 'gap').map((gap) => gap.reason)).toEqual(['disconnect', 'disconnect'])
  })

  test('no snapshot while trades are lost: the book stays void until both sockets are back', async () => {
    const { feed, of } = await started()
    venue.isMute = true
    for (const socket of venue.sockets('market')) socket.terminate()
    await until('down', () => of(BTC, 'gap').length === 1)
    feed.resync(BTC)
    await new Promise((resolve) => setTimeout(resolve, 700))
    await until('redialled', () => venue.subscriptions.length === 3)
    venue.send('market', mark()) // Overtakes the acknowledgement: held back until then.
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect([of(BTC, 'book').length, of(BTC, 'mark').length]).toEqual([1, 0])
    venue.send('market', { result: null, id: 1 })
    await until('snapshot', () => of(BTC, 'book').length === 2)
    expect(of(BTC, 'mark')).toHaveLength(1)
  })

  test('a server that refuses the subscription is redialled with growing waits', async () => {
    watched = watchedFeed(venue.url)
    venue.isMute = true
    await watched.feed.start()
    await until('asked', () => venue.subscriptions.length === 2)
    venue.send('public', { id: 1, error: { code: 2, msg: 'Invalid request' } })
    await until('asked again', () => venue.subscriptions.length === 3)
    const detail = 'public: subscription refused: 2 Invalid request'
    expect(watched.of(BTC, 'connection')).toMatchObject([{ state: 'down', detail }])
    expect(watched.of(BTC, 'gap')).toMatchObject([{ reason: 'disconnect', detail }])
  })

  test('a half-open socket (no pong) is given up after two missed pings', async () => {
    const { feed, of } = await started({ pingMs: 100 })
    for (const socket of venue.sockets('market')) socket.pause()
    await until('down', () => of(BTC, 'connection').some((event) => /ping-pong/.test(event.detail)))
    await until('up again', () => of(BTC, 'connection').filter((event) => event.state === 'up').length === 3)
    await feed.close()
    await until('nobody waits for the dead peer', () => !process.getActiveResourcesInfo().includes('Timeout'))
  })

  test('a silent instrument on a living socket: stale, then a new socket', async () => {
    const { of } = await started({ staleMs: 300 })
    await until('stale', () => of(BTC, 'gap').some((gap) => gap.reason === 'stale' && /public/.test(gap.detail)))
    await until('back', () => of(BTC, 'connection').filter((c) => c.state === 'up').length >= 3)
  })

  test('quotes do not hide that the book is silent', async () => {
    const { of } = await started({ staleMs: 400 })
    const quote = { e: 'bookTicker', s: 'BTCUSDT', u: 1, b: '99.9', B: '1.000', a: '100.1', A: '1.000', E: 1, T: 1 }
    const quoting = setInterval(() => venue.send('public', quote), 50)
    await until('stale', () =>
      of(BTC, 'gap').some((gap) => gap.reason === 'stale' && /^public/.test(gap.detail)),
    ).finally(() => clearInterval(quoting))
    expect(of(BTC, 'quote').length).toBeGreaterThan(3)
  })

  test('frames keep it fresh', async () => {
    const { of } = await started({ staleMs: 600 })
    for (let id = 101; id < 112; id += 1) {
      venue.send('public', delta(id))
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(of(BTC, 'gap')).toEqual([])
  })

  test.each<[string, object | string, RegExp]>([
    ['a size off the grid', delta(101, { b: [['99.9', '1.0005']] }), /b\.size was 1\.0005/],
    ['an id that is no number', delta(101, { u: '101' }), /u was 101; rule/],
    ['no JSON', '{"e":"depthUpdate",', /rule: JSON/],
  ])('malformed: %s -> gap with field and value, the stream goes on', async (_name, frame, detail) => {
    const { of, feed } = await started()
    venue.send('public', frame, delta(102))
    await until('next delta', () => of(BTC, 'book').some((event) => event.lastId === 102))
    expect(of(BTC, 'gap')).toMatchObject([{ reason: 'malformed', detail: expect.stringMatching(detail) }])
    expect(feed.counts().malformed).toBe(1)
  })

  test('a frame beyond 4 MiB ends the socket, not the feed', async () => {
    const { of } = await started()
    venue.send('public', `"${'x'.repeat(5 * 1024 * 1024)}"`)
    await until('back with a book', () => of(BTC, 'book').length === 2)
    expect(of(BTC, 'gap')[0]).toMatchObject({ reason: 'disconnect' })
  })

  test('a throwing subscriber harms nobody else', async () => {
    const { feed, of } = await started()
    const thrown: unknown[] = []
    config.onUnhandledError = (error) => thrown.push(error)
    const subscription = feed.events(BTC).subscribe(() => {
      throw new Error('subscriber')
    })
    venue.send('public', delta(101), delta(102))
    await until('both', () => of(BTC, 'book').length === 3)
    await until('reported', () => thrown.length === 2)
    subscription.unsubscribe()
    config.onUnhandledError = null
    expect(of(BTC, 'gap')).toEqual([])
  })
})

describe('snapshots', () => {
  test('one that was under way while a socket was lost is not handed over: the next is', async () => {
    const { feed, of } = await started()
    let asked = 0
    venue.routes.set('GET /fapi/v1/depth', async () => {
      asked += 1
      if (asked === 1) {
        for (const socket of venue.sockets('market')) socket.terminate()
        await until('lost and back', () => of(BTC, 'connection').length === 4)
      }
      return { body: { lastUpdateId: 100 + asked, E: 1, T: 1, bids: [], asks: [] } }
    })
    feed.resync(BTC)
    await until('book', () => of(BTC, 'book').length === 2)
    expect(of(BTC, 'connection').map(({ state }) => state)).toEqual(['up', 'up', 'down', 'up'])
    expect(of(BTC, 'book')[1]).toMatchObject({ lastId: 100 + asked })
    expect(asked).toBeGreaterThan(1)
  })

  test('retried until the venue answers', async () => {
    let asked = 0
    venue.routes.set('GET /fapi/v1/depth', () => {
      asked += 1
      return asked < 3
        ? { status: 503, body: 'Service Unavailable.' }
        : { body: { lastUpdateId: 7, E: 1, T: 1, bids: [], asks: [] } }
    })
    const { of } = await started()
    expect(asked).toBe(3)
    expect(of(BTC, 'book')).toMatchObject([{ type: 'snapshot', lastId: 7 }])
  })

  test('resync is idempotent while one is under way, and paced', async () => {
    const { feed, of } = await started()
    for (let count = 0; count < 50; count += 1) feed.resync(BTC)
    await until('one more', () => of(BTC, 'book').length === 2)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(venue.requests.filter(({ route }) => route === 'GET /fapi/v1/depth')).toHaveLength(2)
  })

  test('who finds a snapshot too old gets the next', async () => {
    const it = watchedFeed(venue.url)
    watched = it
    it.feed.events(BTC).subscribe((event) => {
      if (event.kind === 'book' && it.of(BTC, 'book').length < 3) it.feed.resync(BTC)
    })
    await it.feed.start()
    await until('third', () => it.of(BTC, 'book').length === 3)
  })

  test('recorded with the venue symbol, as tapes need it', async () => {
    const lines: string[] = []
    const { feed } = await started({ record: { frame: (text) => lines.push(text), event: () => {} } })
    venue.send('public', delta(101))
    await until('frame', () => feed.counts().frames === 1)
    expect(JSON.parse(lines[0]!)).toMatchObject({ lastUpdateId: 100, symbol: 'BTCUSDT' })
    expect(JSON.parse(lines[1]!)).toMatchObject({ u: 101 })
  })

  test('rate-limited: nothing is sent before Retry-After', async () => {
    const { feed } = await started()
    const askedAt: number[] = []
    venue.routes.set('GET /fapi/v1/depth', () => {
      askedAt.push(performance.now())
      return { status: 429, headers: { 'retry-after': '1' }, body: { code: -1003, msg: 'Too many requests' } }
    })
    feed.resync(BTC)
    await until('asked twice', () => askedAt.length === 2)
    expect(askedAt[1]! - askedAt[0]!).toBeGreaterThan(990)
  })
})

describe('watermarks', () => {
  test('each boundary once, on every instrument, after the grace, on the exchange clock', async () => {
    const aheadMs = 12_345
    venue.routes.set('GET /fapi/v1/time', () => ({ body: { serverTime: Date.now() + aheadMs } }))
    const { feed, of } = await started({ symbols: [BTC, ETH], barMs: 200, graceMs: 50 })
    expect(Math.abs(feed.clockOffsetMs() - aheadMs)).toBeLessThan(20)
    await until('5 watermarks', () => of(ETH, 'watermark').length >= 5)
    const marks = of(BTC, 'watermark').slice(0, 5)
    for (const [index, watermark] of marks.entries()) {
      expect(watermark.exchangeTime % 200).toBe(0)
      if (index > 0) expect(watermark.exchangeTime).toBeGreaterThan(marks[index - 1]!.exchangeTime)
      expect(watermark.receivedAt + feed.clockOffsetMs() - watermark.exchangeTime).toBeGreaterThanOrEqual(49)
    }
    expect(
      of(ETH, 'watermark')
        .slice(0, 5)
        .map((w) => w.exchangeTime),
    ).toEqual(marks.map((w) => w.exchangeTime))
  })
})

describe('close', () => {
  test('completes the streams and leaves no handle', async () => {
    const handles = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'TCPSocketWrap')
    const { feed } = await started({ staleMs: 500, barMs: 1_000 })
    let isComplete = false
    feed.events(BTC).subscribe({ complete: () => (isComplete = true) })
    await feed.close()
    await venue.close()
    expect(isComplete).toBe(true)
    await until(`no handle left: ${handles().join()}`, () => handles().length === 0)
  })

  test('in the midst of the first dial: at once, for good', async () => {
    watched = watchedFeed(venue.url)
    const { feed, of } = watched
    await feed.start()
    const closedAt = performance.now()
    await feed.close()
    expect(performance.now() - closedAt).toBeLessThan(1_000)
    expect(of(BTC, 'connection')).toEqual([])
  })

  test('while dialling a server that is gone', async () => {
    const { feed, of } = await started()
    await venue.close()
    await until('down', () => of(BTC, 'gap').length >= 2)
    await feed.close()
    venue = await stubVenue()
  })
})
