import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { converter } from '../../../src/core/instrument.ts'
import type { TradeEvent } from '../../../src/core/market-event.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import { sequencer } from '../../../src/market/sequencer.ts'
import { hyperliquidFrameMapper } from '../../../src/market/venues/hyperliquid.ts'
import fixture from '../../fixtures/venues/hyperliquid.json' with { type: 'json' }
import { BTCUSDT } from '../instruments.ts'
import { asCcxtTrade, bookDifference, ccxtClient, ccxtTrades, ccxtVenue } from './ccxt-oracle.ts'
import { capturedFrames } from './cryptofeed.ts'

// `tickSize` of 2 decimals: the captured BTC books of 2024 have quarters.
const BTC = {
  ...BTCUSDT,
  symbol: 'BTC/USDC:USDC',
  venueSymbol: 'BTC',
  quote: 'USDC',
  settle: 'USDC',
  tickSize: '0.01',
  lotSize: '0.00001',
}
const convert = converter(BTC)
const converters = new Map([['BTC', convert]])
const receivedAt = 1_761_786_491_100 as EpochMs
const oracle = () => ({
  venue: ccxtVenue('hyperliquid', [BTC]),
  client: ccxtClient('wss://api.hyperliquid.xyz/ws'),
})

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))
const captured = (name: string) => capturedFrames('nautilus', 'crates_hyperliquid', name)
const wsBook = captured('ws_book_data.json')
const restBook = captured('http_l2_book_btc.json')
const restTrades = captured('http_recent_trades_btc.json')
const contexts = captured('ws_all_dexs_asset_ctxs.json')

/** Both books one after the other, the same ones again, then trades: our book must equal ccxt's after each. */
function compareBooks(frames: readonly unknown[]): string[] {
  const { map } = hyperliquidFrameMapper(converters)
  const { venue, client } = oracle()
  const own = sequencer()
  const kinds: string[] = []
  for (const frame of frames) {
    const outcome = map(frame, receivedAt)
    venue.handleMessage(client, frame)
    if (outcome.kind === 'event')
      own.step(outcome.event, (event) => kinds.push(event.kind === 'book' ? event.type : event.kind))
    expect(bookDifference(own.book, venue.orderbooks[BTC.symbol]!, convert)).toBeUndefined()
    expect(own.book.crossed).toBe(false)
  }
  return kinds
}

/** Our ids carry the time before ccxt's. */
function compareTrades(frame: unknown): number {
  const { venue, client } = oracle()
  venue.handleMessage(client, frame)
  const outcome = hyperliquidFrameMapper(converters).map(frame, receivedAt)
  const events = (outcome.kind === 'events' ? outcome.events : []) as readonly TradeEvent[]
  const ours = events.map((event) => ({ ...asCcxtTrade(event, convert), id: String(event.tradeId).split('-')[1] }))
  expect(ours).toEqual(ccxtTrades(venue, BTC.symbol))
  return ours.length
}

test('our own frames: books and trades equal those of ccxt', () => {
  expect(compareBooks([fixture.book, fixture.later, fixture.later])).toEqual(['snapshot', 'delta'])
  expect(compareTrades(fixture.trades)).toBe(2)
})

describe.skipIf(wsBook.absent)('captured frames', () => {
  test('books of the socket and of REST equal those of ccxt', () => {
    const books = [wsBook, restBook].map(({ file }) => ({ channel: 'l2Book', data: read(file) }))
    expect(compareBooks([...books, ...books.slice(1)])).toEqual(['snapshot', 'delta'])
  })

  test('trades equal those of ccxt', () => {
    // REST lists the newest first, the socket the oldest.
    expect(compareTrades({ channel: 'trades', data: (read(restTrades.file) as unknown[]).toReversed() })).toBe(3)
  })

  test('every captured asset context is read', () => {
    const { data } = read(contexts.file) as { data: { ctxs: [string, Record<string, string>[]][] } }
    const { map } = hyperliquidFrameMapper(converters)
    let marks = 0
    for (const ctx of data.ctxs.flatMap(([, listed]) => listed)) {
      const outcome = map({ channel: 'activeAssetCtx', data: { coin: 'BTC', ctx } }, receivedAt)
      if (Number(ctx['markPx']) === 0) continue
      expect(outcome).toMatchObject({
        kind: 'event',
        event: { fundingRate: Number(ctx['funding']), openInterest: Number(ctx['openInterest']) },
      })
      marks += 1
    }
    expect(marks).toBeGreaterThan(2)
  })
})
