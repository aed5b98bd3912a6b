import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/adapters/clock/system-clock.ts'
import type { MarketEvent } from '../../../src/core/market-event.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { type Sequencer, sequencer } from '../../../src/market/sequencer.ts'
import { VENUES } from '../../../src/wiring/daemon/venues.ts'
import { type ScriptedVenue, scriptedVenue } from './support/scripted-venue.ts'
import { type WatchedFeed, watchedFeed } from './support/stub-feed.ts'
import { until } from './support/until.ts'
import { MARKETS, type ScriptedMarket } from './support/venue-scripts.ts'

let venue: ScriptedVenue
let watched: WatchedFeed
let own: Sequencer
let seen: MarketEvent[]

/** As the daemon does it: what the sequencer wants fresh is asked for. */
async function start(market: ScriptedMarket, options: Parameters<typeof watchedFeed>[1] = {}): Promise<void> {
  const { profile, mapperOf } = VENUES[market.id]
  const open: typeof profile.open = (given) => {
    const opened = profile.open(given)
    opened.exchange.enableRateLimit = false // A second per test at some venues.
    return opened
  }
  const venueParts = { profile: { ...profile, open }, mapperOf, symbols: [market.symbol] }
  watched = watchedFeed(venue.url, { ...venueParts, staleMs: 5_000, ...options })
  own = sequencer()
  seen = []
  watched.feed.events(market.symbol).subscribe((event) => {
    if (own.step(event, (out) => seen.push(out))) watched.feed.resync(market.symbol)
  })
  await watched.feed.start()
}
const gaps = () => seen.flatMap((event) => (event.kind === 'gap' ? [event.reason] : []))
const states = (market: ScriptedMarket) => watched.of(market.symbol, 'connection').map(({ state }) => state)
const bestBidLots = () => own.book.levels('bids')[1]
/** Everything that stands in messages of one kind. */
const askedFor = (operation: RegExp) =>
  venue.heard.filter((text) => text.startsWith('{') && operation.test(text)).flatMap(topicsOf)
function topicsOf(text: string): readonly (string | object)[] {
  const { params, args, dataType, subscription } = JSON.parse(text) as Readonly<Record<string, unknown>>
  return (params ?? args ?? [dataType ?? subscription]) as readonly (string | object)[]
}
const SUBSCRIBE = /"(method|op)":"(SUBSCRIBE|subscribe)"|"reqType":"sub"/
const UNSUBSCRIBE = /"(method|op)":"(UNSUBSCRIBE|unsubscribe)"|"reqType":"unsub"/

describe.each(MARKETS.map((market) => [`${market.id} ${market.symbol}`, market] as const))('%s', (_name, market) => {
  beforeEach(async () => {
    venue = await scriptedVenue(market.script)
  })
  afterEach(async () => {
    await watched.feed.close()
    await venue.close()
  })

  test('the instrument as described, with fees; every topic once; then book, trades, marks, each as sent', async () => {
    await start(market)
    const [instrument] = await watched.feed.instruments([market.symbol])
    expect(instrument).toMatchObject({ symbol: market.symbol, ...market.instrument })
    expect(instrument!.makerFeeRate).toBeLessThan(0.001)
    expect(instrument!.takerFeeRate).toBeGreaterThan(0)
    await until('book', () => own.synced)
    expect(askedFor(SUBSCRIBE)).toEqual(market.topics)
    for (let id = 11; id < 61; id += 1) venue.send(market.delta(id, id), market.trade(id))
    venue.send(market.mark())
    await until('mark', () => watched.of(market.symbol, 'mark').length === 1)
    const deltas = seen.flatMap((event) => (event.kind === 'book' && event.type === 'delta' ? [event.bids] : []))
    expect(deltas.map((bids) => bids[1])).toEqual(Array.from({ length: 50 }, (_, index) => index + 11))
    const trades = watched.of(market.symbol, 'trade')
    expect(trades).toHaveLength(50)
    expect(trades[0]).toMatchObject({ price: 1001, size: 3, side: 'buy' })
    expect(watched.of(market.symbol, 'mark')[0]).toMatchObject({ markPrice: 100 })
    expect([own.book.bidTicks, bestBidLots(), own.book.askTicks]).toEqual([999, 60, 1001])
    expect(gaps()).toEqual([])
    expect(watched.feed.counts()).toMatchObject({ malformed: 0, downs: 0 })
  })

  test('a loss in the book: told, and mended without a new socket or a lost trade', async () => {
    await start(market)
    await until('book', () => own.synced)
    const isWhole = market.renewed.length === 0 && market.whole !== undefined
    venue.heard.length = 0
    const { rest } = market
    if (rest) venue.routes.set(rest.route, () => rest.book(13))
    // A book that comes whole cannot lack an update: it is broken by one that crosses.
    if (isWhole) watched.feed.resync(market.symbol)
    else venue.send(market.delta(11, 5), market.delta(13, 7))
    await until('gap', () => gaps().length > 0)
    if (isWhole) venue.send(market.whole!(20))
    await until('whole again', () => own.synced)
    for (const id of [1, 2, 3]) venue.send(market.trade(id))
    await until('trades', () => watched.of(market.symbol, 'trade').length === 3)
    expect(venue.opened).toBe(1)
    expect(gaps()[0]).toBe(isWhole ? 'disconnect' : 'sequence')
    expect([askedFor(UNSUBSCRIBE), askedFor(SUBSCRIBE)]).toEqual([[], []].map(() => [...market.renewed]))
    venue.send(market.delta(rest ? 14 : 11, 9))
    await until('delta', () => bestBidLots() === 9)
  })

  test('ccxt on the same frames has the same book, level by level', async () => {
    await start(market)
    const { exchange, transport } = VENUES[market.id].profile.open({ clock: systemClock(), baseUrl: venue.url })
    // Bitget's checksum is over texts that no longer exist.
    Object.assign(exchange.options, { watchOrderBook: { checksum: false } })
    await exchange.loadHttpProxyAgent()
    await exchange.watchOrderBook(market.symbol)
    await until('book', () => own.synced)
    const random = seededRandom(5)
    const { tickSize, lotSize } = (await watched.feed.instruments([market.symbol]))[0]!
    for (let id = 11; id < 211; id += 1) {
      const lots = Math.floor(random() * 5) + (market.whole && market.renewed.length === 0 ? 1 : 0)
      venue.send(market.delta(id, lots, (90 + Math.floor(random() * 100) / 10).toFixed(1)))
    }
    venue.send(market.delta(211, 77), market.trade(1))
    await until('all', () => watched.of(market.symbol, 'trade').length === 1)
    /** In ticks and lots. */
    const theirs = (side: 'bids' | 'asks') =>
      (exchange.orderbooks[market.symbol]![side] as readonly (readonly unknown[])[]).map(([price, size]) => [
        Math.round(Number(price) / Number(tickSize)),
        Math.round(Number(size) / Number(lotSize)),
      ])
    await until('theirs too', () => theirs('bids').some(([, lots]) => lots === 77))
    for (const side of ['bids', 'asks'] as const) {
      const flat = own.book.levels(side)
      const mine = Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index], flat[2 * index + 1]])
      expect(mine).toEqual(theirs(side))
    }
    expect(gaps()).toEqual([])
    await transport.shutDown().catch(() => {})
  })

  test('a killed socket: down, gap, up, gap, a whole book', async () => {
    await start(market)
    await until('book', () => own.synced)
    for (const socket of venue.sockets) socket.terminate()
    await until('gap', () => gaps().length > 0)
    await until('whole again', () => own.synced)
    expect(states(market)).toEqual(['up', 'down', 'up'])
    expect(new Set(gaps())).toEqual(new Set(['disconnect']))
    expect(venue.opened).toBe(2)
  })

  test('a refused subscription is told once, dialled again, and is not up before', async () => {
    venue.instead = (text) => (SUBSCRIBE.test(text) && venue.opened < 3 ? [market.refusal(text)] : undefined)
    await start(market)
    await until('third socket', () => venue.opened === 3)
    await until('book', () => own.synced)
    expect(states(market)).toEqual(['down', 'up'])
    const told = watched.of(market.symbol, 'connection')[0]!.detail
    expect(told).toMatch(/: subscription refused: ./)
    expect(watched.of(market.symbol, 'gap').map(({ reason, detail }) => [reason, detail])).toEqual([
      ['disconnect', told],
    ])
  })

  test('a book that is told again and again without a change is not silent', async () => {
    await start(market, { staleMs: 300 })
    await until('book', () => own.synced)
    // Where books come by REST the stream tells no such thing.
    const telling = setInterval(() => venue.send(market.whole?.(10) ?? {}), 30)
    await new Promise((resolve) => setTimeout(resolve, 600))
    clearInterval(telling)
    expect(gaps().includes('stale')).toBe(market.whole === undefined)
  })

  test('keep-alive: a quiet socket stays while pings are answered, and goes when they are not', async () => {
    await start(market, { pingMs: 100, staleMs: 20_000 })
    await until('book', () => own.synced)
    await new Promise((resolve) => setTimeout(resolve, 450))
    expect([states(market), venue.opened]).toEqual([['up'], 1])
    venue.isMute = true
    for (const socket of venue.sockets) socket.pause()
    await until('down', () => states(market).includes('down'))
  })
})
