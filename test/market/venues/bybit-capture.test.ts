import { describe, expect, test } from 'vitest'
import { type Converter, converter, type Instrument } from '../../../src/core/instrument.ts'
import type { MarketEvent } from '../../../src/core/market-event.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import type { FrameOutcome } from '../../../src/market/frame-mapper.ts'
import { sequencer } from '../../../src/market/sequencer.ts'
import { bybitFrameMapper } from '../../../src/market/venues/bybit.ts'
import { BTCUSDT } from '../instruments.ts'
import { asCcxtTrade, bookDifference, ccxtClient, ccxtTrades, ccxtVenue } from './ccxt-oracle.ts'
import { capturedFrames, captureRecords } from './cryptofeed.ts'

const FOLLOWED = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'DOGEUSDT']

interface ListedInstrument {
  readonly symbol: string
  readonly baseCoin: string
  readonly priceFilter: { readonly tickSize: string }
  readonly lotSizeFilter: { readonly qtyStep: string }
}

interface Frame {
  readonly topic?: string
  readonly type?: string
  readonly data: { readonly s?: string; readonly symbol?: string }
}

const { file, absent } = capturedFrames('cryptofeed-bybit.jsonl.gz')

const instrumentOf = ({ symbol, baseCoin, priceFilter, lotSizeFilter }: ListedInstrument): Instrument => ({
  ...BTCUSDT,
  symbol: `${baseCoin}/USDT:USDT`,
  venueSymbol: symbol,
  base: baseCoin,
  tickSize: priceFilter.tickSize,
  lotSize: lotSizeFilter.qtyStep,
})

function load(): { frames: { frame: Frame; receivedAt: EpochMs }[]; converters: Map<string, Converter> } {
  const records = captureRecords(file)
  const listing = records.find(({ url }) => url.includes('category=linear'))!.data as {
    result: { list: ListedInstrument[] }
  }
  const instruments = listing.result.list.filter(({ symbol }) => FOLLOWED.includes(symbol)).map(instrumentOf)
  return {
    converters: new Map(instruments.map((instrument) => [instrument.venueSymbol, converter(instrument)])),
    frames: records
      .filter(({ kind, url }) => kind === 'recv' && url.endsWith('/linear'))
      .map(({ data, receivedAt }) => ({ frame: data as Frame, receivedAt: receivedAt as EpochMs })),
  }
}

const eventsOf = (outcome: FrameOutcome): readonly MarketEvent[] =>
  outcome.kind === 'event' ? [outcome.event] : outcome.kind === 'events' ? outcome.events : []

describe.skipIf(absent)('the capture of Bybit linear', () => {
  test('every book equals that of ccxt after every frame, without a gap, never crossed', () => {
    const { frames, converters } = load()
    const instruments = [...converters.values()].map(({ instrument }) => instrument)
    const venue = ccxtVenue('bybit', instruments)
    const client = ccxtClient('wss://stream.bybit.com/v5/public/linear')
    const { map } = bybitFrameMapper(converters)
    const sequencers = new Map(instruments.map(({ symbol }) => [symbol, sequencer()]))
    let compared = 0
    for (const { frame, receivedAt } of frames) {
      const outcome = map(frame, receivedAt)
      expect(outcome.kind).not.toBe('malformed')
      if (!frame.topic?.startsWith('orderbook.')) continue
      venue.handleMessage(client, frame)
      const event = eventsOf(outcome)[0]!
      const own = sequencers.get(event.symbol)!
      const emitted: MarketEvent[] = []
      expect(own.step(event, (step) => emitted.push(step))).toBe(false)
      expect(emitted).toEqual([event])
      const convert = converters.get(frame.data.s!)!
      expect(bookDifference(own.book, venue.orderbooks[event.symbol]!, convert)).toBeUndefined()
      expect(own.book.crossed).toBe(false)
      compared += 1
    }
    expect(compared).toBe(1_598)
    expect([...sequencers.values()].map(({ duplicates }) => duplicates)).toEqual([0, 0, 0, 0])
  })

  test('a lost frame shows as a gap', () => {
    const { frames, converters } = load()
    const { map } = bybitFrameMapper(converters)
    const books = frames.filter(({ frame }) => frame.topic === 'orderbook.200.BTCUSDT')
    const own = sequencer()
    const gaps: MarketEvent[] = []
    for (const { frame, receivedAt } of books.filter((_, at) => at !== 100)) {
      for (const event of eventsOf(map(frame, receivedAt)))
        own.step(event, (step) => step.kind === 'gap' && gaps.push(step))
    }
    expect(gaps).toMatchObject([{ kind: 'gap', reason: 'sequence' }])
    expect(own.synced).toBe(false)
  })

  test('every trade equals that of ccxt', () => {
    const { frames, converters } = load()
    const venue = ccxtVenue(
      'bybit',
      [...converters.values()].map(({ instrument }) => instrument),
    )
    const client = ccxtClient('wss://stream.bybit.com/v5/public/linear')
    const { map } = bybitFrameMapper(converters)
    const trades: MarketEvent[] = []
    for (const { frame, receivedAt } of frames) {
      if (!frame.topic?.startsWith('publicTrade.')) continue
      venue.handleMessage(client, frame)
      trades.push(...eventsOf(map(frame, receivedAt)))
    }
    for (const convert of converters.values()) {
      const { symbol } = convert.instrument
      const ours = trades.flatMap((trade) =>
        trade.kind === 'trade' && trade.symbol === symbol ? [asCcxtTrade(trade, convert)] : [],
      )
      expect(ours).toEqual(ccxtTrades(venue, symbol))
      expect(ours.length).toBeGreaterThan(10)
    }
    expect(trades).toHaveLength(327)
  })

  test('merged tickers equal those of ccxt', () => {
    const { frames, converters } = load()
    const venue = ccxtVenue(
      'bybit',
      [...converters.values()].map(({ instrument }) => instrument),
    )
    const client = ccxtClient('wss://stream.bybit.com/v5/public/linear')
    const { map } = bybitFrameMapper(converters)
    let marks = 0
    for (const { frame, receivedAt } of frames) {
      if (!frame.topic?.startsWith('tickers.')) continue
      venue.handleMessage(client, frame)
      const outcome = map(frame, receivedAt)
      if (outcome.kind === 'ignored') continue
      const event = eventsOf(outcome)[0]!
      const { info } = venue.tickers[event.symbol]!
      expect(event).toMatchObject({
        kind: 'mark',
        markPrice: Number(info['markPrice']),
        indexPrice: Number(info['indexPrice']),
        fundingRate: Number(info['fundingRate']),
        nextFundingAt: Number(info['nextFundingTime']),
        openInterest: Number(info['openInterest']),
      })
      marks += 1
    }
    expect(marks).toBeGreaterThan(100)
  })
})
