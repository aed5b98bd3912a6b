import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { converter } from '../../../src/core/instrument.ts'
import type { MarketEvent, TradeEvent } from '../../../src/core/market-event.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import { Book } from '../../../src/market/book.ts'
import { sequencer } from '../../../src/market/sequencer.ts'
import { bingxFrameMapper } from '../../../src/market/venues/bingx.ts'
import { BTCUSDT } from '../instruments.ts'
import { asCcxtTrade, bookDifference, ccxtClient, ccxtTrades, ccxtVenue } from './ccxt-oracle.ts'
import { capturedFrames } from './cryptofeed.ts'
import { pushedFrames } from './transcript.ts'

const BTC = { ...BTCUSDT, venueSymbol: 'BTC-USDT', tickSize: '0.1', lotSize: '0.0001' }
const ETH = {
  ...BTCUSDT,
  symbol: 'ETH/USDT:USDT',
  venueSymbol: 'ETH-USDT',
  base: 'ETH',
  tickSize: '0.01',
  lotSize: '0.01',
}
const converters = new Map([BTC, ETH].map((instrument) => [instrument.venueSymbol, converter(instrument)]))
const oracle = () => ({
  venue: ccxtVenue('bingx', [BTC, ETH]),
  client: ccxtClient('wss://open-api-swap.bingx.com/swap-market'),
})
const receivedAt = 1_761_327_445_000 as EpochMs

interface Message {
  readonly timestamp: string
  readonly raw_message: string
  readonly parsed_data?: Record<string, unknown>
}

const capture = capturedFrames('bingx-20251024.json.gz')

/** In the order of their coming; texts that are no JSON as they are. */
function load(): unknown[] {
  const { responses } = JSON.parse(gunzipSync(readFileSync(capture.file)).toString('utf8')) as {
    responses: Record<string, Message[]>
  }
  return Object.values(responses)
    .flat()
    .sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1))
    .map(({ parsed_data, raw_message }) => parsed_data ?? raw_message)
}

describe.skipIf(capture.absent)('the capture', () => {
  test('every book equals that of ccxt after every frame, without a gap, never crossed', () => {
    const { map } = bingxFrameMapper(converters)
    const { venue, client } = oracle()
    const own = sequencer()
    const kinds: Record<string, number> = {}
    for (const frame of load()) {
      const outcome = map(frame, receivedAt)
      const isBook = (frame as { dataType?: string }).dataType?.includes('@depth') === true
      kinds[`${isBook ? 'book' : 'other'} ${outcome.kind}`] =
        (kinds[`${isBook ? 'book' : 'other'} ${outcome.kind}`] ?? 0) + 1
      if (!isBook) continue
      venue.handleMessage(client, frame)
      if (outcome.kind === 'event') {
        const emitted: MarketEvent[] = []
        expect(own.step(outcome.event, (event) => emitted.push(event))).toBe(false)
        expect(emitted).toEqual([outcome.event])
      }
      expect(bookDifference(own.book, venue.orderbooks[BTC.symbol]!, converters.get('BTC-USDT')!)).toBeUndefined()
      expect([own.book.bidCount, own.book.askCount, own.book.crossed]).toEqual([20, 20, false])
    }
    // 112 of the 301 books are equal to the one before.
    expect(kinds).toEqual({ 'book event': 189, 'book ignored': 112, 'other ignored': 330 })
    expect(own.duplicates).toBe(0)
  })

  test('the first book and the differences make every later book', () => {
    const { map } = bingxFrameMapper(converters)
    const made = new Book()
    for (const frame of load()) {
      const { dataType, data } = frame as {
        dataType?: string
        data: { bids: [string, string][]; asks: [string, string][] }
      }
      if (dataType?.includes('@depth') !== true) continue
      const outcome = map(frame, receivedAt)
      if (outcome.kind === 'event' && outcome.event.kind === 'book') made.apply(outcome.event.bids, outcome.event.asks)
      const convert = converters.get('BTC-USDT')!
      const flat = (rows: [string, string][]) =>
        rows.flatMap(([price, size]) => [convert.ticks(price), convert.lots(size)])
      expect(made.levels('bids')).toEqual(flat(data.bids))
      // The venue sends its asks worst first.
      expect(made.levels('asks')).toEqual(flat(data.asks.toReversed()))
    }
  })
})

const trades = capturedFrames('jkorf', 'BingX.Net', 'Subscriptions', 'PerpetualFutures', 'Trades.txt')
const book = capturedFrames('jkorf', 'BingX.Net', 'Subscriptions', 'PerpetualFutures', 'PartialBook.txt')
const mark = capturedFrames('jkorf', 'BingX.Net', 'Subscriptions', 'PerpetualFutures', 'MarkPrice.txt')

describe.skipIf(trades.absent)('the transcripts', () => {
  test('every trade equals that of ccxt', () => {
    const [frame] = pushedFrames(trades.file)
    const outcome = bingxFrameMapper(converters).map(frame, receivedAt)
    const { venue, client } = oracle()
    venue.handleMessage(client, frame)
    // It sorts them by time too; the two orders differ within a millisecond only, where this list has equal trades.
    const theirs = ccxtTrades(venue, ETH.symbol)
    const events = (outcome.kind === 'events' ? outcome.events : []) as readonly TradeEvent[]
    const ours = events.map((event) => ({ ...asCcxtTrade(event, converters.get('ETH-USDT')!), id: undefined }))
    expect(ours).toHaveLength(23)
    expect(ours).toEqual(theirs)
  })

  test('book and mark', () => {
    const { map } = bingxFrameMapper(converters)
    const own = sequencer()
    const { venue, client } = oracle()
    const [frame] = pushedFrames(book.file)
    const outcome = map(frame, receivedAt)
    if (outcome.kind === 'event') own.step(outcome.event, () => undefined)
    venue.handleMessage(client, frame)
    expect(bookDifference(own.book, venue.orderbooks[ETH.symbol]!, converters.get('ETH-USDT')!)).toBeUndefined()
    expect(map(pushedFrames(mark.file)[0], receivedAt)).toMatchObject({
      event: { markPrice: 2_999.63, exchangeTime: 1_714_650_884_021 },
    })
  })
})
