import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DepthSnapshot } from '../../../src/simulation/exchange/simulated-exchange.ts'
import { loopbackBinance } from '../../support/point-ccxt.ts'
import { servedBinance } from '../../support/simulated-binance.ts'

const BTC = 'BTC/USDT:USDT'

let venue: Awaited<ReturnType<typeof served>>
let client: Awaited<ReturnType<typeof loopbackBinance>>
/** The exchange's own book at the end of every frame, by update id. */
const books = new Map<number, DepthSnapshot>()

async function served() {
  const base = await servedBinance()
  await base.server.close()
  const { exchange, protocol } = base
  const watched = {
    ...protocol,
    frames: (...args: Parameters<typeof protocol.frames>) => {
      const frames = protocol.frames(...args)
      const book = exchange.depth(BTC, 1_000)
      if (frames.streams.some(({ stream }) => stream.startsWith('btcusdt@depth'))) books.set(book.lastUpdateId, book)
      return frames
    },
  }
  return { ...base, ...(await servedBinance({ protocol: watched })), exchange }
}

beforeAll(async () => {
  venue = await served()
  client = await loopbackBinance(venue.server.port)
  await client.loadMarkets()
})

afterAll(async () => {
  await client.close()
  await venue.server.close()
})

describe('ccxt reads the market', () => {
  test('markets have the exchange’s steps and limits', () => {
    expect(Object.keys(client.markets ?? {})).toEqual([BTC, 'ETH/USDT:USDT', 'SOL/USDT:USDT'])
    expect(client.market(BTC)).toMatchObject({
      id: 'BTCUSDT',
      active: true,
      linear: true,
      swap: true,
      contractSize: 1,
      precision: { price: 0.1, amount: 0.001 },
      limits: { amount: { min: 0.001, max: 1_000 }, cost: { min: 100 }, market: { max: 125 } },
    })
  })

  test('the book equals the exchange’s level by level at equal update ids', async () => {
    for (let compared = 0; compared < 5; ) {
      const book = await client.watchOrderBook(BTC)
      const truth = books.get(book.nonce ?? -1)
      // The first book is the REST snapshot, between two frames.
      if (truth === undefined) continue
      compared += 1
      const ticks = (levels: readonly (readonly unknown[])[]) =>
        levels.map(([price, size]) => [Math.round(Number(price) * 10), Math.round(Number(size) * 1_000)])
      expect(ticks(book.bids)).toEqual(truth.bids.map((level) => [...level]))
      expect(ticks(book.asks)).toEqual(truth.asks.map((level) => [...level]))
    }
  })

  test('trades, single and aggregated', async () => {
    const [single] = await client.watchTrades(BTC)
    expect(single).toMatchObject({ symbol: BTC, side: expect.stringMatching(/buy|sell/), info: { e: 'trade' } })
    const second = await loopbackBinance(venue.server.port, { options: { watchTrades: { name: 'aggTrade' } } })
    const [aggregate] = await second.watchTrades(BTC)
    expect(aggregate).toMatchObject({ symbol: BTC, info: { e: 'aggTrade' } })
    await second.close()
    const rest = await client.fetchTrades(BTC)
    expect(rest.length).toBeGreaterThan(0)
  })

  test('quotes, candles, marks, tickers', async () => {
    const quotes = await client.watchBidsAsks([BTC])
    const quote = quotes[BTC]!
    expect(quote.bid).toBeLessThan(quote.ask!)
    const [candle] = await client.watchOHLCV(BTC, '1m')
    expect(candle).toHaveLength(6)
    expect((await client.fetchOHLCV(BTC, '1m')).at(-1)![0]).toBeGreaterThanOrEqual(candle![0]!)
    const mark = await client.watchMarkPrice(BTC)
    expect(mark.info).toMatchObject({ e: 'markPriceUpdate', r: '0.00010000' })
    const ticker = await client.fetchTicker(BTC)
    expect(ticker.low).toBeLessThanOrEqual(ticker.last!)
    expect((await client.watchTicker(BTC)).last).toBeGreaterThan(0)
  })

  test('time and funding', async () => {
    expect(Math.abs((await client.fetchTime())! - Date.now())).toBeLessThan(500)
    expect(await client.fetchFundingRate(BTC)).toMatchObject({ symbol: BTC, fundingRate: 0.0001 })
    expect(await client.fetchFundingRateHistory(BTC)).toEqual([])
    expect((await client.fetchFundingRates())[BTC]).toBeDefined()
  })

  test('a dropped frame is noticed by the client, and the book comes back', async () => {
    await client.watchOrderBook(BTC)
    venue.server.faults.dropDepthFrames('BTCUSDT', 1)
    const look = async () => {
      for (let frame = 0; frame < 20; frame += 1) await client.watchOrderBook(BTC)
    }
    await expect(look()).rejects.toThrow('checksum')
    expect((await client.watchOrderBook(BTC)).bids.length).toBeGreaterThan(5)
  })
})
