import { describe, expect, test } from 'vitest'
import { type Converter, converter, type Instrument } from '../../../src/core/instrument.ts'
import type { MarketEvent, TradeEvent } from '../../../src/core/market-event.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import { sequencer } from '../../../src/market/sequencer.ts'
import { binanceFrameMapper } from '../../../src/market/venues/binance.ts'
import { BTCUSDT } from '../instruments.ts'
import { asCcxtTrade, bookDifference, ccxtClient, ccxtTrades, ccxtVenue } from './ccxt-oracle.ts'
import { type CaptureRecord, capturedFrames, captureRecords } from './cryptofeed.ts'

interface Listed {
  readonly symbol: string
  readonly baseAsset: string
  readonly quoteAsset: string
  readonly marginAsset: string
  readonly deliveryDate: number
  readonly contractSize?: number
  readonly filters: readonly { readonly filterType: string; readonly stepSize: string; readonly tickSize: string }[]
}

interface Frame {
  readonly stream: string
  readonly data: { readonly e: string; readonly s: string }
}

const FUTURES = capturedFrames('cryptofeed-binance-futures.jsonl.gz')
const DELIVERY = capturedFrames('cryptofeed-binance-delivery.jsonl.gz')
const PERPETUAL_END = 4_133_404_800_000

/** The book of CTKUSDT holds an order at 0.50579 from before its tick size became 0.001. */
function instrumentOf({ symbol, baseAsset, quoteAsset, marginAsset, contractSize, ...listed }: Listed): Instrument {
  const { filters, deliveryDate } = listed
  const filter = (type: string) => filters.find(({ filterType }) => filterType === type)!
  const end = deliveryDate === PERPETUAL_END ? '' : `-${symbol.split('_')[1]}`
  return {
    ...BTCUSDT,
    ...{ symbol: `${baseAsset}/${quoteAsset}:${marginAsset}${end}`, venueSymbol: symbol },
    ...{ base: baseAsset, quote: quoteAsset, settle: marginAsset },
    ...{ tickSize: filter('PRICE_FILTER').tickSize, lotSize: filter('LOT_SIZE').stepSize },
    ...{ contractSize: String(contractSize ?? 1), inverse: contractSize !== undefined },
  }
}

const symbolIn = (url: string): string => new URL(url).searchParams.get('symbol')!

function load(file: string): { records: CaptureRecord[]; converters: Map<string, Converter> } {
  const records = captureRecords(file)
  const followed = records.filter(({ url }) => url.includes('/depth?')).map(({ url }) => symbolIn(url))
  const info = records.find(({ url }) => url.endsWith('/exchangeInfo'))!.data as { symbols: Listed[] }
  const instruments = info.symbols.filter(({ symbol }) => followed.includes(symbol)).map(instrumentOf)
  return {
    records,
    converters: new Map(instruments.map((instrument) => [instrument.venueSymbol, converter(instrument)])),
  }
}

describe.each([
  { name: 'binanceusdm', ...FUTURES, ws: 'wss://fstream.binance.com/ws/0', instruments: 4, trades: 91 },
  { name: 'binancecoinm', ...DELIVERY, ws: 'wss://dstream.binance.com/ws/0', instruments: 10, trades: 51 },
] as const)('the capture of $name', ({ name, file, absent, ws, instruments, trades: tradeCount }) => {
  test.skipIf(absent)(
    'every book equals that of ccxt after every frame, without a gap, never crossed; trades too',
    async () => {
      const { records, converters } = load(file)
      const all = [...converters.values()].map(({ instrument }) => instrument)
      const venue = ccxtVenue(name, all, ({ symbol }) => (symbol.includes('-') ? 'future' : 'swap'))
      const client = ccxtClient(ws)
      const { map } = binanceFrameMapper(converters)
      const sequencers = new Map(all.map(({ symbol }) => [symbol, sequencer()]))
      for (const { symbol } of all) venue.orderbooks[symbol] = venue.orderBook()
      const trades: TradeEvent[] = []
      const gaps: MarketEvent[] = []
      let compared = 0
      for (const { kind, url, data, receivedAt } of records) {
        const isDepth = url.includes('/depth?')
        if (kind === 'http' && !isDepth) continue
        const outcome = map(data, receivedAt as EpochMs, isDepth ? symbolIn(url) : undefined)
        expect(outcome.kind === 'malformed' ? outcome : {}).toEqual({})
        if (outcome.kind !== 'event') continue
        const { event } = outcome
        const own = sequencers.get(event.symbol)!
        const convert = converters.get(isDepth ? symbolIn(url) : (data as Frame).data.s)!
        own.step(event, (step) => {
          if (step.kind === 'gap') gaps.push(step)
          if (step.kind === 'trade') trades.push(step)
        })
        if (isDepth) {
          const reply = data as { lastUpdateId: number }
          const parsed = Object.assign(venue.parseOrderBook(reply, event.symbol, receivedAt), {
            nonce: reply.lastUpdateId,
          })
          venue.fetchRestOrderBookSafe = () => Promise.resolve(parsed)
          await venue.fetchOrderBookSnapshot(client, {}, { symbol: event.symbol, type: 'future' })
        } else if (event.kind === 'book' || event.kind === 'trade') venue.handleMessage(client, (data as Frame).data)
        if (event.kind !== 'book' || !own.synced) continue
        expect(bookDifference(own.book, venue.orderbooks[event.symbol]!, convert)).toBeUndefined()
        expect(own.book.crossed).toBe(false)
        compared += 1
      }
      expect(gaps).toEqual([])
      expect(sequencers.size).toBe(instruments)
      expect([...sequencers.values()].every(({ synced }) => synced)).toBe(true)
      expect(compared).toBeGreaterThan(700)
      expect(trades).toHaveLength(tradeCount)
      for (const convert of converters.values()) {
        const { symbol } = convert.instrument
        const ours = trades.filter((trade) => trade.symbol === symbol)
        expect(ours.map((trade) => asCcxtTrade(trade, convert))).toEqual(ccxtTrades(venue, symbol))
      }
    },
  )
})
