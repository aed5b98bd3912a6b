import { beforeAll, describe, expect, test } from 'vitest'
import { epochMs, lots, ticks } from '../../../src/core/units.ts'
import { listingOf } from '../../../src/simulation/binance/listing.ts'
import { marketState } from '../../../src/simulation/binance/market-state.ts'
import { marketStreams } from '../../../src/simulation/binance/market-streams.ts'
import { pureBinance, START_AT } from '../../support/simulated-binance.ts'

interface Depth {
  readonly U: number
  readonly u: number
  readonly pu: number
  readonly b: readonly [string, string][]
  readonly a: readonly [string, string][]
}

const { exchange, protocol } = pureBinance()
const frames = new Map<string, Record<string, unknown>[]>()
const SYMBOL = 'BTC/USDT:USDT'
const start = exchange.depth(SYMBOL, 1e9)
const get = (path: string, params: Record<string, string> = {}) =>
  protocol.handle({ method: 'GET', path, params, now: epochMs(START_AT + 130_000) }).body
const of = <T>(stream: string) => (frames.get(stream) ?? []) as unknown as readonly T[]

beforeAll(() => {
  for (let at = START_AT + 10; at <= START_AT + 130_000; at += 10) {
    for (const { stream, data } of protocol.frames(epochMs(at), (name) => name.startsWith('btcusdt@')).streams) {
      frames.set(stream, [...(frames.get(stream) ?? []), JSON.parse(data) as Record<string, unknown>])
    }
  }
})

describe('streams of a market that lived for 130 s', () => {
  test.each([100, 250, 500])('depth at %i ms chains and rebuilds the exchange’s book', (ms) => {
    const book = { b: new Map<string, string>(), a: new Map<string, string>() }
    const text = (ticks: number) => (ticks * 0.1).toFixed(2)
    for (const [price, size] of start.bids) book.b.set(text(price), (size * 0.001).toFixed(3))
    for (const [price, size] of start.asks) book.a.set(text(price), (size * 0.001).toFixed(3))
    let last = start.lastUpdateId
    for (const diff of of<Depth>(`btcusdt@depth@${ms}ms`)) {
      expect([diff.pu, diff.U]).toEqual([last, last + 1])
      last = diff.u
      for (const side of ['b', 'a'] as const) {
        for (const [price, size] of diff[side]) {
          if (Number(size) === 0) book[side].delete(price)
          else book[side].set(price, size)
        }
      }
    }
    const now = get('/fapi/v1/depth', { symbol: 'BTCUSDT', limit: '1000' }) as {
      lastUpdateId: number
      bids: [string, string][]
      asks: [string, string][]
    }
    expect(last).toBe(now.lastUpdateId)
    const sorted = (levels: Map<string, string>, sign: number) =>
      [...levels].sort((x, y) => sign * (Number(x[0]) - Number(y[0]))).slice(0, 1_000)
    expect(sorted(book.b, -1)).toEqual(now.bids)
    expect(sorted(book.a, 1)).toEqual(now.asks)
  })

  test('bookTicker equals the rebuilt book at equal update ids', () => {
    const tickers = new Map(of<{ u: number; b: string; a: string }>('btcusdt@bookTicker').map((t) => [t.u, t]))
    const bids = new Set(start.bids.map(([price]) => price))
    let compared = 0
    for (const diff of of<Depth>('btcusdt@depth@100ms')) {
      for (const [price, size] of diff.b) {
        const ticks = Math.round(Number(price) * 10)
        if (Number(size) > 0) bids.add(ticks)
        else bids.delete(ticks)
      }
      const ticker = tickers.get(diff.u)
      if (ticker === undefined) continue
      compared += 1
      expect(Math.round(Number(ticker.b) * 10)).toBe(Math.max(...bids))
    }
    expect(compared).toBeGreaterThan(50)
  })

  test('aggregated trades cover the single ones exactly', () => {
    const trades = of<{ t: number; q: string; p: string; m: boolean }>('btcusdt@trade')
    const byId = new Map(trades.map((trade) => [trade.t, trade]))
    const aggregates = of<{ a: number; f: number; l: number; q: string; p: string; m: boolean }>('btcusdt@aggTrade')
    expect(aggregates.length).toBeGreaterThan(100)
    expect(aggregates.length).toBeLessThan(trades.length)
    let covered = 0
    aggregates.forEach((row, index) => {
      expect(row.a).toBe(index + 1)
      let lots = 0
      for (let id = row.f; id <= row.l; id += 1) {
        const trade = byId.get(id)
        if (trade === undefined) continue
        expect([trade.p, trade.m]).toEqual([row.p, row.m])
        lots += Math.round(Number(trade.q) * 1_000)
        covered += 1
      }
      expect(lots).toBe(Math.round(Number(row.q) * 1_000))
    })
    expect(covered).toBe(trades.length)
  })

  test('closed candles equal the trades inside them, and REST says the same', () => {
    type Kline = {
      k: { t: number; T: number; o: string; c: string; h: string; l: string; v: string; n: number; x: boolean }
    }
    const trades = of<{ T: number; p: string; q: string }>('btcusdt@trade')
    const closed = of<Kline>('btcusdt@kline_1m').filter(({ k }) => k.x)
    expect(closed).toHaveLength(2)
    for (const { k } of closed) {
      const inside = trades.filter(({ T }) => T >= k.t && T <= k.T)
      const prices = inside.map(({ p }) => Number(p))
      expect(k.n).toBe(inside.length)
      expect([Number(k.o), Number(k.c)]).toEqual([prices[0], prices.at(-1)])
      expect([Number(k.h), Number(k.l)]).toEqual([Math.max(...prices), Math.min(...prices)])
    }
    const rows = get('/fapi/v1/klines', { symbol: 'BTCUSDT', interval: '1m' }) as unknown[][]
    expect(rows.slice(0, 2).map((row) => row.slice(1, 6))).toEqual(closed.map(({ k }) => [k.o, k.h, k.l, k.c, k.v]))
  })

  test('the mark is told every second, and every third on the slow stream', () => {
    expect(of('btcusdt@markPrice@1s')).toHaveLength(130)
    expect(of('btcusdt@markPrice').length).toBeGreaterThanOrEqual(43)
    expect(of('btcusdt@markPrice').length).toBeLessThanOrEqual(44)
  })

  test('streams that nobody wants are not rendered', () => {
    expect([...frames.keys()].some((stream) => !stream.startsWith('btcusdt@'))).toBe(false)
    expect(protocol.frames(epochMs(START_AT + 140_000), () => false).streams).toEqual([])
  })
})

test.each([
  ['btcusdt@depth', 'public'],
  ['btcusdt@depth@100ms', 'public'],
  ['btcusdt@depth@200ms', undefined],
  ['btcusdt@bookTicker', 'public'],
  ['btcusdt@trade', 'public'],
  ['btcusdt@aggTrade', 'market'],
  ['btcusdt@kline_1m', 'market'],
  ['btcusdt@kline_1s', undefined],
  ['btcusdt@markPrice@1s', 'market'],
  ['!forceOrder@arr', 'market'],
  ['dogeusdt@trade', undefined],
  ['BTCUSDT@trade', undefined],
  ['btcusdt', undefined],
  ['', undefined],
])('stream %j is served by %s', (stream, category) => {
  expect(protocol.category(stream)).toBe(category)
})

test('an aggregated trade is of one taker order at one price', () => {
  const state = marketState(exchange, listingOf(exchange.instruments[0]!), START_AT)
  const streams = marketStreams(state)
  const takers = [
    [1, 100, 5],
    [1, 100, 6],
    [1, 101, 7],
    [2, 101, 8],
  ] as const
  takers.forEach(([takerOrderId, price, size], index) => {
    const trade = { symbol: SYMBOL, at: START_AT, tradeId: index + 1, price: ticks(price), size: lots(size) }
    streams.apply({ ...trade, kind: 'trade', side: 'buy', takerOrderId }, START_AT, () => undefined)
  })
  streams.flush(START_AT, () => undefined)
  expect(state.aggregates.map((row) => [row.price, row.size, row.tradeId, row.lastTradeId])).toEqual([
    [100, 11, 1, 2],
    [101, 7, 3, 3],
    [101, 8, 4, 4],
  ])
})
