import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { binanceusdm } from '../../../src/adapters/ccxt/venues/binanceusdm.ts'
import { systemClock } from '../../../src/adapters/clock/system-clock.ts'
import { InputError } from '../../../src/core/errors.ts'
import type { MarketEvent } from '../../../src/core/market-event.ts'
import { type Sequencer, sequencer } from '../../../src/market/sequencer.ts'
import { servedBinance } from '../../support/simulated-binance.ts'
import { type WatchedFeed, watchedFeed } from './support/stub-feed.ts'
import { until } from './support/until.ts'

const BTC = 'BTC/USDT:USDT'
const SYMBOLS = [BTC, 'ETH/USDT:USDT', 'SOL/USDT:USDT']

interface Followed {
  readonly sequencer: Sequencer
  readonly events: MarketEvent[]
}

let served: Awaited<ReturnType<typeof servedBinance>>
let watched: WatchedFeed
let books: Map<string, Followed>
beforeEach(async () => {
  served = await servedBinance()
  watched = watchedFeed(served.server.url, { symbols: SYMBOLS, barMs: 200, staleMs: 2_000 })
  books = new Map(SYMBOLS.map((symbol) => [symbol, { sequencer: sequencer(), events: [] }]))
  for (const [symbol, { sequencer: own, events }] of books) {
    watched.feed.events(symbol).subscribe((event) => {
      if (own.step(event, (out) => events.push(out))) watched.feed.resync(symbol)
    })
  }
  await watched.feed.start()
  await until('all books', () => [...books.values()].every((book) => book.sequencer.synced))
})
afterEach(async () => {
  await watched.feed.close()
  await served.server.close()
})

const gaps = (symbol: string) =>
  books.get(symbol)!.events.flatMap((event) => (event.kind === 'gap' ? [event.reason] : []))
/** Our book equals the exchange's at the same update id; both stand still while this runs. */
function booksEqual(): boolean {
  return SYMBOLS.every((symbol) => {
    const truth = served.exchange.depth(symbol, 1_000)
    const { book, synced } = books.get(symbol)!.sequencer
    const mine = { bids: pairs(book.levels('bids')), asks: pairs(book.levels('asks')) }
    const all = watched.of(symbol, 'book').at(-1)
    if (!synced || all?.lastId !== truth.lastUpdateId) return false
    expect(mine.bids.slice(0, 50)).toEqual(truth.bids.slice(0, 50))
    expect(mine.asks.slice(0, 50)).toEqual(truth.asks.slice(0, 50))
    return true
  })
}
const pairs = (flat: readonly number[]) =>
  Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index]!, flat[2 * index + 1]!])

describe('against the simulated exchange', () => {
  test('instruments are those of the exchange', async () => {
    const known = served.exchange.instruments.map(({ makerFeeRate: _m, takerFeeRate: _t, ...rest }) => rest)
    expect(await watched.feed.instruments(SYMBOLS)).toMatchObject(known)
    await expect(watched.feed.instruments(['XRP/USDT:USDT'])).rejects.toThrow(InputError)
  })

  test('books equal the exchange, no gap, every kind of event, watermarks in order', async () => {
    await until('books equal', booksEqual)
    await until('marks', () => watched.of(BTC, 'mark').length >= 2)
    await until('quotes and trades', () => watched.of(BTC, 'quote').length > 0 && watched.of(BTC, 'trade').length > 0)
    expect(SYMBOLS.flatMap(gaps)).toEqual([])
    expect(Math.abs(watched.feed.clockOffsetMs())).toBeLessThan(50)
    let passed = 0
    let late = 0
    for (const event of watched.events.get(BTC)!) {
      if (event.kind === 'watermark') passed = event.exchangeTime
      else if (event.kind !== 'gap' && event.kind !== 'connection' && event.exchangeTime < passed) late += 1
    }
    expect(passed).toBeGreaterThan(0)
    expect(late).toBe(0)
  })

  test('ccxt on the same stream has the same book, level by level', async () => {
    const { exchange, transport } = binanceusdm.open({ clock: systemClock(), baseUrl: served.server.url })
    await exchange.loadHttpProxyAgent()
    for (let compared = 0; compared < 3; ) {
      const theirs = await exchange.watchOrderBook(BTC)
      const { book, synced } = books.get(BTC)!.sequencer
      if (!synced || watched.of(BTC, 'book').at(-1)?.lastId !== theirs.nonce) continue
      compared += 1
      const steps = (side: readonly (readonly unknown[])[]) =>
        side.map(([price, size]) => [Math.round(Number(price) / 0.1), Math.round(Number(size) / 0.001)])
      const levels = Math.min(200, theirs.bids.length)
      expect(pairs(book.levels('bids')).slice(0, levels)).toEqual(steps(theirs.bids).slice(0, levels))
      expect(pairs(book.levels('asks')).slice(0, levels)).toEqual(steps(theirs.asks).slice(0, levels))
    }
    await transport.shutDown().catch(() => {})
  })

  test('a dropped depth frame: the sequencer sees it, a new snapshot mends the book', async () => {
    // More than once: a frame that a snapshot already holds is not missed.
    const dropping = setInterval(() => served.server.faults.dropDepthFrames('BTCUSDT', 1), 300)
    await until('gap', () => gaps(BTC).includes('sequence')).finally(() => clearInterval(dropping))
    await until('books equal', booksEqual)
    expect(gaps('ETH/USDT:USDT')).toEqual([])
  })

  test.each(['public', 'market'] as const)('%s sockets cut: gap, back by itself, book equal', async (kind) => {
    expect(served.server.faults.closeSockets(kind)).toBe(1)
    await until('gap', () => SYMBOLS.every((symbol) => gaps(symbol).includes('disconnect')))
    await until('books equal', booksEqual)
    expect(
      watched
        .of(BTC, 'connection')
        .slice(-2)
        .map((event) => event.state),
    ).toEqual(['down', 'up'])
  })

  test('an exchange away for a second: redialled until it is back', async () => {
    served.server.faults.refuseConnections(1_000)
    served.server.faults.closeSockets()
    await until('down', () => watched.of(BTC, 'connection').filter((event) => event.state === 'down').length === 2)
    await until('books equal', booksEqual)
  })
})
