import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { converter } from '../../../src/core/instrument.ts'
import type { MarketEvent } from '../../../src/core/market-event.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { epochMs } from '../../../src/core/units.ts'
import { sequencer } from '../../../src/market/sequencer.ts'
import { binanceFrameMapper } from '../../../src/market/venues/binance.ts'
import { depth, mark, restBook, trade } from './support/binance-frames.ts'
import { type WatchedFeed, watchedFeed } from './support/stub-feed.ts'
import { instrumentOf, listed, type StubVenue, stubVenue } from './support/stub-venue.ts'
import { type TcpProxy, tcpProxy } from './support/tcp-proxy.ts'
import { until } from './support/until.ts'

const BTC = 'BTC/USDT:USDT'

let venue: StubVenue
let proxy: TcpProxy
let watched: WatchedFeed
beforeEach(async () => {
  venue = await stubVenue()
  proxy = await tcpProxy(venue.url)
})
afterEach(async () => {
  await watched.feed.close()
  await proxy.close()
  await venue.close()
})

async function started(options: Parameters<typeof watchedFeed>[1] = {}): Promise<WatchedFeed> {
  watched = watchedFeed(proxy.url, { staleMs: 20_000, ...options })
  await watched.feed.start()
  await until('snapshots', () => [...watched.events.keys()].every((symbol) => watched.of(symbol, 'book').length === 1))
  return watched
}

/** Ids of what is missing or twice between events, without a gap that tells it. */
function untold(events: readonly MarketEvent[], kind: 'trade' | 'book', first: number): readonly number[] {
  const wrong: number[] = []
  let expected = first
  let wasTold = false
  for (const event of events) {
    if (event.kind === 'gap') wasTold = true
    if (event.kind !== kind || (event.kind === 'book' && event.type === 'snapshot')) continue
    const id = Number(event.kind === 'book' ? event.lastId : event.tradeId)
    if (id !== expected && !(wasTold && id > expected)) wrong.push(id)
    wasTold = false
    expected = id + 1
  }
  return wrong
}
const ids = (events: readonly MarketEvent[], kind: 'trade' | 'book') =>
  events.flatMap((event) =>
    event.kind === 'trade' && kind === 'trade'
      ? [event.tradeId]
      : event.kind === 'book' && kind === 'book' && event.type === 'delta'
        ? [event.lastId]
        : [],
  )
const range = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index)

describe('nothing lost, nothing invented', () => {
  test('33 instruments on one socket, bursts of all of them at once', async () => {
    const bases = range(0, 33).map((index) => `C${String.fromCharCode(65 + (index % 26))}${index}`)
    venue.routes.set('GET /fapi/v1/exchangeInfo', () => ({
      body: { timezone: 'UTC', symbols: bases.map((b) => listed(b)) },
    }))
    const { feed, events } = await started({ symbols: bases.map((base) => `${base}/USDT:USDT`) })
    expect([venue.sockets('public').length, venue.sockets('market').length]).toEqual([1, 1])
    for (let id = 101; id < 201; id += 1) {
      venue.send('public', ...bases.map((base) => depth(id, {}, `${base}USDT`)))
      venue.send('market', ...bases.map((base) => trade(id, {}, `${base}USDT`)))
    }
    await until('all frames', () => feed.counts().frames >= 2 * 33 * 100)
    for (const seen of events.values()) {
      expect(ids(seen, 'book')).toEqual(range(101, 100))
      expect(ids(seen, 'trade')).toEqual(range(101, 100))
    }
    expect(feed.counts()).toMatchObject({ frames: 6_600, malformed: 0, downs: 0 })
  })

  test('a consumer that is slower than the venue: everything comes, late', async () => {
    const { feed, events } = await started()
    feed.events(BTC).subscribe(() => {
      const endsAt = performance.now() + 0.2
      while (performance.now() < endsAt);
    })
    for (let id = 101; id < 1_101; id += 1) {
      venue.send('public', depth(id))
      venue.send('market', trade(id))
    }
    await until('all frames', () => feed.counts().frames >= 2_000)
    expect(ids(events.get(BTC)!, 'book')).toEqual(range(101, 1_000))
    expect(ids(events.get(BTC)!, 'trade')).toEqual(range(101, 1_000))
    expect(feed.counts().downs).toBe(0)
  })

  test('every byte a packet of its own', async () => {
    const { feed, events } = await started()
    proxy.slice = 1
    for (let id = 101; id < 121; id += 1) {
      venue.send('public', depth(id))
      venue.send('market', trade(id))
    }
    await until('all frames', () => feed.counts().frames >= 40)
    expect(proxy.written()).toBeGreaterThan(40 * 100)
    expect(ids(events.get(BTC)!, 'book')).toEqual(range(101, 20))
    expect(ids(events.get(BTC)!, 'trade')).toEqual(range(101, 20))
    expect(feed.counts()).toMatchObject({ malformed: 0, downs: 0 })
  })

  test.each([1, 2, 3])('sockets cut at random under load (seed %i): what is missing lies in a gap', async (seed) => {
    const random = seededRandom(seed)
    let id = 100
    venue.routes.set('GET /fapi/v1/depth', () => ({ body: restBook(id) }))
    const { feed, events, of } = await started()
    const own = sequencer()
    const ordered: MarketEvent[] = []
    // From the start: the snapshot came before.
    for (const event of events.get(BTC)!) own.step(event, (out) => ordered.push(out))
    feed.events(BTC).subscribe((event) => {
      if (own.step(event, (out) => ordered.push(out))) feed.resync(BTC)
    })
    for (let round = 0; round < 60; round += 1) {
      for (let count = 0; count < 20; count += 1) {
        id += 1
        venue.send('public', depth(id))
        venue.send('market', trade(id))
      }
      if (random() < 0.08) for (const socket of venue.sockets(random() < 0.5 ? 'public' : 'market')) socket.terminate()
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await until('connected', () => venue.sockets('public').length === 1 && venue.sockets('market').length === 1)
    await until('whole', () => {
      id += 1
      venue.send('public', depth(id))
      venue.send('market', trade(id))
      return own.synced && of(BTC, 'book').at(-1)!.lastId > id - 3
    })
    expect(feed.counts().downs).toBeGreaterThan(0)
    expect(untold(ordered, 'book', 101)).toEqual([])
    expect(untold(ordered, 'trade', 101)).toEqual([])
    // Each delta and each snapshot writes its id into the book: ours is the venue's.
    const newest = ordered.findLast((event) => event.kind === 'book')
    expect(own.book.levels('bids')[1]! / 1_000).toBe(newest?.lastId)
  })
})

describe('what is recorded is what was seen', () => {
  test('frames, gaps and watermarks in one order: mapped again they give the same events', async () => {
    type Line = { readonly text: string; readonly receivedAt: number } | { readonly event: MarketEvent }
    const lines: Line[] = []
    const record = {
      frame: (text: string, receivedAt: number) => lines.push({ text, receivedAt }),
      event: (event: MarketEvent) => lines.push({ event }),
    }
    const { feed, events } = await started({ record, barMs: 100, graceMs: 20 })
    venue.send('public', depth(101), depth(102, { u: 'x' }), '{"no', depth(103), { s: 1, e: 'depthUpdate' }, depth(104))
    venue.send('market', trade(1), mark(), trade(2, { X: 'NA' }))
    await until('frames', () => feed.counts().frames >= 8 && feed.counts().malformed >= 3)
    for (const socket of venue.sockets('public')) socket.terminate()
    await until('a new book', () => watched.of(BTC, 'book').length === 5)
    await until('watermarks', () => watched.of(BTC, 'watermark').length > 2)
    const seen = [...events.get(BTC)!]

    const mapper = binanceFrameMapper(new Map([['BTCUSDT', converter(instrumentOf('BTC'))]]))
    const again = lines.flatMap((line): readonly MarketEvent[] => {
      if ('event' in line) {
        if (line.event.kind === 'gap') mapper.reset(line.event.symbol)
        return [line.event]
      }
      const outcome = mapper.map(JSON.parse(line.text), epochMs(line.receivedAt))
      return outcome.kind === 'event' ? [outcome.event] : outcome.kind === 'events' ? outcome.events : []
    })
    expect(again.slice(0, seen.length)).toEqual(seen)
    expect(new Set(seen.map(({ kind }) => kind))).toEqual(
      new Set(['connection', 'book', 'gap', 'trade', 'mark', 'watermark']),
    )
  })
})
