import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemScheduler } from '../../../src/adapters/clock/system-scheduler.ts'
import type { MarketEvent } from '../../../src/core/market-event.ts'
import type { Scheduler } from '../../../src/core/scheduler.port.ts'
import { type Sequencer, sequencer } from '../../../src/market/sequencer.ts'
import { depth, mark, restBook, trade } from './support/binance-frames.ts'
import { type WatchedFeed, watchedFeed } from './support/stub-feed.ts'
import { type StubVenue, stubVenue } from './support/stub-venue.ts'
import { type TcpProxy, tcpProxy } from './support/tcp-proxy.ts'
import { until } from './support/until.ts'

const BTC = 'BTC/USDT:USDT'

let venue: StubVenue
let proxy: TcpProxy
let watched: WatchedFeed
let own: Sequencer
let seen: MarketEvent[]
let restId: number
beforeEach(async () => {
  venue = await stubVenue()
  proxy = await tcpProxy(venue.url)
  restId = 100
  venue.routes.set('GET /fapi/v1/depth', () => ({ body: restBook(restId) }))
})
afterEach(async () => {
  await watched.feed.close()
  await proxy.close()
  await venue.close()
})

/** As the daemon does it: what the sequencer wants fresh is asked for. */
async function started(options: Parameters<typeof watchedFeed>[1] = {}): Promise<void> {
  watched = watchedFeed(proxy.url, { staleMs: 20_000, ...options })
  own = sequencer()
  seen = []
  watched.feed.events(BTC).subscribe((event) => {
    if (own.step(event, (out) => seen.push(out))) watched.feed.resync(BTC)
  })
  await watched.feed.start()
  await until('book', () => own.synced)
}
const gaps = () => seen.flatMap((event) => (event.kind === 'gap' ? [event.reason] : []))
const gap = (reason: string) => seen.find((event) => event.kind === 'gap' && event.reason === reason)
const deltaIds = () => seen.flatMap((e) => (e.kind === 'book' && e.type === 'delta' ? [e.lastId] : []))
const milliseconds = async (what: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now()
  await what()
  return performance.now() - startedAt
}

describe('in the frame itself: told with the frame, the book asked for anew', () => {
  const prices = ['', '-1', '0', 'NaN', 'Infinity', '1e308', '1e-9', '+99.9', 'abc', '0x64', ' 99.9', '9'.repeat(400)]
  const deepText = (depthOf: number) => `${'['.repeat(depthOf)}${']'.repeat(depthOf)}`
  const bad: readonly [string, object | string][] = [
    ...[...prices, null, 99.9, true, {}].map((price): [string, object] => [
      `bid price ${JSON.stringify(price).slice(0, 20)}`,
      depth(101, { b: [[price, '1.000']] }),
    ]),
    ...['', '-1', 'NaN', '1e308', 'abc', null].map((size): [string, object] => [
      `ask size ${JSON.stringify(size)}`,
      depth(101, { a: [['100.1', size]] }),
    ]),
    ['no bids', depth(101, { b: undefined })],
    ['an id beyond 2^53', depth(101, { u: 2 ** 60 })],
    ['a level that is an object with a prototype', depth(101, { b: [{ __proto__: ['99.9', '1.000'] }] })],
    ['bids 100,000 brackets deep', JSON.stringify(depth(101)).replace('"b":[[', `"b":[${deepText(100_000)},[`)],
    ['a price 100,000 brackets deep', JSON.stringify(depth(101)).replace('"99.9"', deepText(100_000))],
    ['a frame that breaks off', JSON.stringify(depth(101)).slice(0, -9)],
    ['text', 'upstream connect error'],
    ['nothing', ''],
  ]
  const badTrades = ['', '-1', '0', 'NaN', '1e308', 'abc', null, {}].flatMap((value): readonly [string, object][] => [
    [`trade price ${JSON.stringify(value)}`, trade(1, { p: value })],
    [`trade size ${JSON.stringify(value)}`, trade(1, { q: value })],
  ])

  test('each of them is one gap, and the frame after it counts', async () => {
    await started()
    const all = [...bad, ...badTrades]
    for (const [index, [, frame]] of all.entries()) venue.send('public', frame, depth(1_000 + index))
    await until('all', () => watched.feed.counts().frames + watched.feed.counts().malformed >= 2 * all.length)
    const events = watched.events.get(BTC)!.filter(({ kind, symbol }) => symbol === BTC && kind !== 'connection')
    const from = events.findIndex(({ kind }) => kind === 'gap')
    const told = all.map(([name], index) => [name, events[from + 2 * index], events[from + 2 * index + 1]] as const)
    for (const [index, [name, gapEvent, next]] of told.entries()) {
      expect([name, gapEvent]).toMatchObject([name, { kind: 'gap', reason: 'malformed' }])
      expect([name, next]).toMatchObject([name, { kind: 'book', lastId: 1_000 + index }])
    }
    expect(watched.feed.counts()).toMatchObject({ malformed: all.length, downs: 0 })
    expect(gaps().every((reason) => reason === 'malformed')).toBe(true)
  })

  test('mended within a second', async () => {
    await started()
    restId = 101
    const took = await milliseconds(async () => {
      venue.send('public', depth(101, { b: [['abc', '1.000']] }))
      await until('gap', () => gaps().length > 0)
      await until('whole', () => own.synced)
    })
    expect(gaps()).toEqual(['malformed'])
    expect(took).toBeLessThan(1_000) // A frame on loopback and a paced snapshot.
    venue.send('public', depth(102))
    await until('goes on', () => deltaIds().includes(102))
  })

  test('what is none of ours is nothing: no gap, no pollution', async () => {
    await started()
    const strange = [
      deepText(100_000),
      `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
      `{"__proto__":${JSON.stringify(depth(101))},"constructor":{"prototype":{"e":1}}}`,
      '{"id":{"toString":1,"valueOf":2}}', // An answer to nothing.
      '{"error":{"code":{"toString":1},"msg":[[]]},"id":9}', // A refusal of nothing.
      'null',
      '7',
      JSON.stringify(depth(101, { s: '__proto__' })),
    ]
    for (const [index, frame] of strange.entries()) venue.send('public', frame, depth(101 + index))
    await until('last delta', () => deltaIds().length === strange.length)
    expect([gaps(), watched.feed.counts().malformed, watched.feed.counts().downs]).toEqual([[], 0, 0])
    const plain: Readonly<Record<string, unknown>> = {}
    expect([plain['e'], plain['a']]).toEqual([undefined, undefined])
  })
})

describe('between frames', () => {
  test('one is missing: told by the next, mended by a snapshot', async () => {
    await started()
    venue.send('public', depth(101))
    restId = 103
    venue.send('public', depth(103))
    await until('gap', () => gaps().length > 0)
    await until('whole', () => own.synced)
    expect(gaps()).toEqual(['sequence'])
  })

  test('two in the wrong order: a gap, and the right book', async () => {
    await started()
    restId = 103
    venue.send('public', depth(102), depth(101), depth(103), depth(104))
    await until('whole', () => gaps().length > 0 && own.synced && own.book.levels('bids')[1] === 104_000)
    expect(gaps()).toEqual(['sequence'])
  })

  test('the same one twice: dropped and counted', async () => {
    await started()
    venue.send('public', depth(101), depth(102), depth(102), depth(101), depth(103))
    venue.send('market', trade(1), trade(1), trade(2), trade(1))
    await until('all', () => watched.feed.counts().frames === 9)
    expect([deltaIds(), gaps(), own.duplicates]).toEqual([[101, 102, 103], [], 4])
  })

  test('a bid above the ask: told at once, the book void until it is had anew', async () => {
    await started()
    restId = 101
    venue.send('public', depth(101, { b: [['100.2', '1.000']] }))
    await until('gap', () => gaps().length > 0)
    await until('whole', () => own.synced)
    expect([gaps(), own.book.bidTicks]).toEqual([['crossed'], 999])
  })
})

describe('on the socket', () => {
  test.each(['in one frame', 'in 800 pieces'])('50 MB %s: the socket is dropped at 4 MiB', async (how) => {
    await started()
    const [socket] = venue.sockets('public')
    const took = await milliseconds(async () => {
      if (how === 'in one frame') socket!.send(`"${'x'.repeat(50 * 1024 * 1024)}"`)
      else for (let piece = 0; piece < 800; piece += 1) socket!.send('x'.repeat(65_536), { fin: piece === 799 })
      await until('down', () => gaps().length > 0)
    })
    expect(took).toBeLessThan(3_000)
    expect(proxy.written()).toBeLessThan(40 * 1024 * 1024)
    await until('whole', () => own.synced)
    expect(new Set(gaps())).toEqual(new Set(['disconnect']))
  })

  test('the line breaks within a frame: down and gap at once, not half a frame', async () => {
    await started()
    proxy.slice = 1
    const before = proxy.written()
    venue.send('public', depth(101))
    // Counted, not timed: on a busy machine a timer may come when the whole frame has passed.
    while (proxy.written() < before + 10) await turn()
    for (const socket of venue.sockets('public')) socket.terminate()
    await until('down', () => gaps().length > 0)
    proxy.slice = 0
    await until('whole', () => own.synced)
    expect([deltaIds(), watched.feed.counts().malformed]).toEqual([[], 0])
  })

  test('half-open, neither data nor pongs: told within three pings', async () => {
    await started({ pingMs: 100 })
    const took = await milliseconds(async () => {
      proxy.isDeaf = true
      await until('down', () => gap('disconnect'))
    })
    expect(took).toBeGreaterThan(100)
    expect(took).toBeLessThan(3 * 100 + 400)
    proxy.isDeaf = false
    await until('whole', () => own.synced)
  })

  test('silent while pongs come: told within five quarters of staleMs, and redialled', async () => {
    await started({ pingMs: 50, staleMs: 400 })
    const startedAt = performance.now()
    const marking = setInterval(() => venue.send('market', mark()), 50)
    await until('stale', () => gap('stale')).finally(() => clearInterval(marking))
    expect(performance.now() - startedAt).toBeLessThan((400 * 5) / 4 + 300)
    await until('whole', () => own.synced)
  })

  test('20 dials that come to nothing: waits double up to 15 s, one dial at a time, nothing piles up', async () => {
    const asked: number[] = []
    const real = systemScheduler()
    const FASTER = 200
    const scheduler: Scheduler = {
      sleep: (ms, signal) => {
        asked.push(ms)
        return real.sleep(ms / FASTER, signal)
      },
    }
    await started({ scheduler, staleMs: 4_000_000, timeRefreshMs: 4_000_000, barMs: 3_600_000, random: () => 1 })
    const heapBefore = process.memoryUsage().heapUsed
    const before = proxy.accepted()
    proxy.isCutting = true
    asked.length = 0
    for (const socket of venue.sockets('public')) socket.terminate()
    await until('20 dials', () => proxy.accepted() - before >= 20)
    proxy.isCutting = false
    await until('whole', () => own.synced)
    const waits = asked.filter((ms) => ms >= 250 && ms <= 15_000 && ms !== 10_000 && ms !== 1_000)
    expect(waits.slice(0, 7)).toEqual([250, 500, 2_000, 4_000, 8_000, 15_000, 15_000])
    // The loss, why the dials came to nothing (once for all 20), and the end.
    const details = watched.of(BTC, 'gap').map(({ detail }) => detail)
    expect(details).toHaveLength(3)
    expect(details.at(-1)).toBe('public: back')
    expect(new Set(gaps())).toEqual(new Set(['disconnect']))
    expect(venue.sockets('public')).toHaveLength(1)
    expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(32 * 1024 * 1024)
  })
})
