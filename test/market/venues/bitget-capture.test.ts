import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type Converter, converter } from '../../../src/core/instrument.ts'
import type { MarketEvent, TradeEvent } from '../../../src/core/market-event.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import { sequencer } from '../../../src/market/sequencer.ts'
import { bitgetFrameMapper } from '../../../src/market/venues/bitget.ts'
import fixture from '../../fixtures/venues/bitget.json' with { type: 'json' }
import { BTCUSDT } from '../instruments.ts'
import { asCcxtTrade, bookDifference, ccxtClient, ccxtTrades, ccxtVenue } from './ccxt-oracle.ts'
import { capturedFrames, captureRecords } from './cryptofeed.ts'
import { pushedFrames } from './transcript.ts'

const receivedAt = 1_700_000_000_500 as EpochMs
const BTC = { ...BTCUSDT, tickSize: '0.1', lotSize: '0.0001' }
const convert = converter(BTC)
const client = ccxtClient('wss://ws.bitget.com/v2/ws/public')

test('our own frames: books and trades equal those of ccxt', () => {
  const { map } = bitgetFrameMapper(new Map([['BTCUSDT', convert]]))
  const venue = ccxtVenue('bitget', [BTC])
  const own = sequencer()
  for (const frame of [fixture.snapshot, fixture.update, fixture.next]) {
    const outcome = map(frame, receivedAt)
    venue.handleMessage(client, frame)
    if (outcome.kind === 'event') own.step(outcome.event, () => undefined)
    expect(bookDifference(own.book, venue.orderbooks[BTC.symbol]!, convert)).toBeUndefined()
  }
  venue.handleMessage(client, fixture.trades)
  const outcome = map(fixture.trades, receivedAt)
  const trades = (outcome.kind === 'events' ? outcome.events : []) as readonly TradeEvent[]
  expect(trades.map((trade) => asCcxtTrade(trade, convert))).toEqual(ccxtTrades(venue, BTC.symbol))
})

interface BookFrame {
  readonly action: string
  readonly arg: { readonly instType: string; readonly channel: string; readonly instId: string }
  readonly data: readonly {
    readonly asks: [string, string][]
    readonly bids: [string, string][]
    readonly checksum: number
  }[]
}

const capture = capturedFrames('cryptofeed-bitget.jsonl.gz')

/** The finest step that the texts are written in. */
function stepOf(texts: readonly string[]): string {
  const decimals = Math.max(...texts.map((text) => text.split('.')[1]?.length ?? 0))
  return (10 ** -decimals).toFixed(decimals)
}

/**
 * The books of the protocol before v2 had today's shape less `seq` and `pseq`: these are numbered here. Each update carries the
 * checksum of its 25 best levels, which ccxt verifies.
 */
function load(): { frames: object[]; converters: Map<string, Converter> } {
  const books = captureRecords(capture.file)
    .map(({ data }) => data as BookFrame)
    .filter(({ action, arg }) => action !== undefined && arg?.channel === 'books')
  const converters = new Map<string, Converter>()
  for (const instId of new Set(books.map(({ arg }) => arg.instId))) {
    const levels = books
      .filter(({ arg }) => arg.instId === instId)
      .flatMap(({ data: [row] }) => [...row!.asks, ...row!.bids])
    const tickSize = stepOf(levels.map(([price]) => price))
    const lotSize = stepOf(levels.map(([, size]) => size))
    const symbol = `${instId.replace('USDT', '')}/USDT:USDT`
    converters.set(
      instId,
      converter({ ...BTCUSDT, symbol, venueSymbol: instId, base: instId.replace('USDT', ''), tickSize, lotSize }),
    )
  }
  const seqs = new Map<string, number>()
  const frames = books.map(({ action, arg, data: [row] }) => {
    const pseq = seqs.get(arg.instId) ?? 0
    const seq = pseq + 7
    seqs.set(arg.instId, seq)
    return { action, arg: { ...arg, instType: 'USDT-FUTURES' }, data: [{ ...row, seq, pseq }] }
  })
  return { frames, converters }
}

describe.skipIf(capture.absent)('the capture of 2022', () => {
  test('every book equals that of ccxt, and has the checksum of the venue, after every frame; no gap, never crossed', async () => {
    const { frames, converters } = load()
    const { map } = bitgetFrameMapper(converters)
    const instruments = [...converters.values()].map(({ instrument }) => instrument)
    const failed: string[] = []
    const venue = Object.assign(ccxtVenue('bitget', instruments), {
      handleCheckSumError: async (_client: unknown, symbol: string) => failed.push(symbol),
    })
    const sequencers = new Map(instruments.map(({ symbol }) => [symbol, sequencer()]))
    const kinds: Record<string, number> = {}
    for (const frame of frames) {
      const outcome = map(frame, receivedAt)
      venue.handleMessage(client, frame)
      if (outcome.kind !== 'event' || outcome.event.kind !== 'book') throw new Error(JSON.stringify(outcome))
      const { symbol, type } = outcome.event
      kinds[type] = (kinds[type] ?? 0) + 1
      const own = sequencers.get(symbol)!
      const emitted: MarketEvent[] = []
      expect(own.step(outcome.event, (event) => emitted.push(event))).toBe(false)
      expect(emitted).toEqual([outcome.event])
      const { instId } = (frame as BookFrame).arg
      expect(bookDifference(own.book, venue.orderbooks[symbol]!, converters.get(instId)!)).toBeUndefined()
      expect(own.book.crossed).toBe(false)
    }
    expect(kinds).toEqual({ snapshot: 10, delta: 627 })
    // ccxt tells of a wrong checksum a turn later.
    await setTimeout()
    expect(failed).toEqual([])
    // The oracle is not blind: the same update with a level that the venue does not have.
    const update = frames.at(-1) as BookFrame
    const best = venue.orderbooks[`${update.arg.instId.replace('USDT', '')}/USDT:USDT`]!.bids[0]![0]
    venue.handleMessage(client, { ...update, data: [{ ...update.data[0]!, bids: [[String(best), '0.123']] }] })
    await setTimeout()
    expect(failed).toHaveLength(1)
  })

  test('a lost frame shows as a gap', () => {
    const { frames, converters } = load()
    const { map } = bitgetFrameMapper(converters)
    const own = sequencer()
    const gaps: MarketEvent[] = []
    const dash = frames.filter((frame) => (frame as BookFrame).arg.instId === 'DASHUSDT')
    for (const frame of dash.filter((_, at) => at !== 20)) {
      const outcome = map(frame, receivedAt)
      if (outcome.kind === 'event') own.step(outcome.event, (event) => event.kind === 'gap' && gaps.push(event))
    }
    expect(gaps).toMatchObject([{ kind: 'gap', reason: 'sequence' }])
  })
})

const transcripts = (...name: readonly string[]) => capturedFrames('jkorf', 'Bitget.Net', 'Subscriptions', ...name)
const futures = ['OrderBook.txt', 'Trade.txt', 'Ticker.txt'].map((name) => transcripts('Futures', name))
const unified = ['Book.txt', 'Trades.txt', 'Ticker.txt'].map((name) => transcripts('Unified', name))

describe.skipIf(futures[0]!.absent)('the transcripts', () => {
  const mapped = ({ file }: { readonly file: string }) =>
    pushedFrames(file).map((frame) => bitgetFrameMapper(new Map([['BTCUSDT', convert]])).map(frame, receivedAt))

  test('classic: whole book, trades, ticker', () => {
    const [book, trades, ticker] = futures.flatMap(mapped)
    expect(book).toMatchObject({
      event: { type: 'snapshot', bids: [270_000, 27_100, 269_995, 14_600], asks: [270_005, 87_600, 270_010, 4_000] },
    })
    expect(trades).toMatchObject({
      events: [
        { side: 'sell', price: 270_000 },
        { side: 'buy', price: 270_005 },
      ],
    })
    expect(ticker).toMatchObject({
      event: {
        markPrice: 27_000,
        indexPrice: 25_702.4,
        fundingRate: 0.00001,
        nextFundingAt: 1_695_722_400_000,
        openInterest: 929.502,
      },
    })
  })

  test('unified: best level, trade; a ticker without a mark', () => {
    const [book, trade, ticker] = unified.flatMap(mapped)
    expect(book).toMatchObject({ event: { type: 'snapshot', bids: [997_566, 128], asks: [997_567, 239_774] } })
    // The sample's size has a decimal more than the instrument.
    expect(trade).toMatchObject({ kind: 'malformed', field: 'v', value: '0.00118' })
    expect(ticker).toEqual({ kind: 'ignored' })
  })
})
