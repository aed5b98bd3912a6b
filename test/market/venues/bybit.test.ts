import { describe, expect, test } from 'vitest'
import { converter, type Instrument } from '../../../src/core/instrument.ts'
import type { MarketEvent } from '../../../src/core/market-event.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import type { FrameMapper } from '../../../src/market/frame-mapper.ts'
import { sequencer } from '../../../src/market/sequencer.ts'
import { bybitFrameMapper } from '../../../src/market/venues/bybit.ts'
import frames from '../../fixtures/venues/bybit.json' with { type: 'json' }
import { BTCUSDT } from '../instruments.ts'
import { expectHardened, expectTotal } from './hostile-frames.ts'

/** Contracts of 1 USD. */
const BTCUSD: Instrument = {
  ...BTCUSDT,
  ...{ symbol: 'BTC/USD:BTC', venueSymbol: 'BTCUSD', quote: 'USD', settle: 'BTC' },
  ...{ tickSize: '0.50', lotSize: '1', contractSize: '1', inverse: true },
}
const converters = new Map([BTCUSDT, BTCUSD].map((instrument) => [instrument.venueSymbol, converter(instrument)]))
const fresh = (): FrameMapper => bybitFrameMapper(converters)
const receivedAt = 1_700_000_000_999.5 as EpochMs
const stamp = (exchangeTime: number, symbol = 'BTC/USDT:USDT'): object => ({ symbol, exchangeTime, receivedAt })
const trade = (at: number, tradeId: string, side: string, price: number, size: number): object => ({
  ...{ ...stamp(at), kind: 'trade', tradeId, side, price, size },
})

describe('each kind', () => {
  test.each<[keyof typeof frames, object]>([
    [
      'snapshot',
      {
        ...{ ...stamp(1_700_000_000_100), kind: 'book', type: 'snapshot', inStream: true },
        ...{ firstId: 1_001, lastId: 1_001, prevId: 1_001 },
        ...{ bids: [600_001, 1_500, 599_999, 20], asks: [600_002, 500] },
      },
    ],
    [
      'delta',
      {
        ...{ ...stamp(1_700_000_000_121), kind: 'book', type: 'delta', firstId: 1_002, lastId: 1_002, prevId: 1_001 },
        ...{ bids: [600_001, 0, 600_000, 700], asks: [] },
      },
    ],
    [
      'restart',
      {
        ...{
          ...stamp(1_700_000_000_221),
          kind: 'book',
          type: 'snapshot',
          inStream: true,
          firstId: 1,
          lastId: 1,
          prevId: 1,
        },
        ...{ bids: [599_980, 1], asks: [600_010, 2] },
      },
    ],
    [
      'quote',
      {
        ...{ ...stamp(1_700_000_000_300), kind: 'quote', updateId: 777 },
        ...{ bidTicks: 600_001, bidLots: 1_500, askTicks: 600_002, askLots: 500 },
      },
    ],
    ['trade', trade(1_700_000_000_400, '20f43950-d8dd-5b31-9112-a178eb6023af', 'sell', 600_001, 3)],
    [
      'inverseTrade',
      {
        ...stamp(1_700_000_000_430, 'BTC/USD:BTC'),
        ...{ kind: 'trade', tradeId: '3f8f151c-8889-5f3a-84c1-9582dd71695b', side: 'buy', price: 120_001, size: 2_500 },
      },
    ],
    [
      'ticker',
      {
        ...{ ...stamp(1_700_000_000_500), kind: 'mark', markPrice: 60_001.12, indexPrice: 59_999.87 },
        ...{ fundingRate: -0.000212, nextFundingAt: 1_700_006_400_000, openInterest: 68_744.761 },
      },
    ],
    // The old topic too names the position: a long was liquidated, so the order sold.
    ['liquidation', { ...stamp(1_700_000_000_800), kind: 'liquidation', side: 'sell', price: 598_000, size: 3 }],
  ])('%s', (name, event) => {
    expect(fresh().map(frames[name], receivedAt)).toEqual({ kind: 'event', event })
  })

  test('block trades are left out and counted; trades against retail price improvement orders stay', () => {
    expect(fresh().map(frames.trades, receivedAt)).toEqual({
      kind: 'events',
      events: [
        trade(1_700_000_000_410, 'a9188a0a-82bc-50de-be60-03eedbe3cdd7', 'buy', 600_002, 10),
        trade(1_700_000_000_410, '600c96a7-10e6-5814-80d5-a1427918f84f', 'buy', 600_001, 1),
      ],
      excluded: 1,
    })
    const two = { ...frames.trades, data: frames.trades.data.slice(0, 2) }
    expect(fresh().map(two, receivedAt)).toMatchObject({ kind: 'events', events: [{ side: 'buy' }], excluded: 1 })
    expect(fresh().map(frames.block, receivedAt)).toEqual({
      kind: 'excluded',
      symbol: 'BTC/USDT:USDT',
      type: 'block trade',
    })
  })

  test('the side of a liquidation is the order, not the position; its price is rounded to a tick', () => {
    const liquidation = (at: number, side: string, price: number, size: number): object => ({
      ...{ ...stamp(at), kind: 'liquidation', side, price, size },
    })
    expect(fresh().map(frames.liquidations, receivedAt)).toEqual({
      kind: 'events',
      events: [
        liquidation(1_700_000_000_700, 'sell', 599_000, 14),
        liquidation(1_700_000_000_701, 'buy', 601_002, 1_000),
      ],
      excluded: 0,
    })
  })

  test.each(['rpiBook', 'kline', 'ack', 'tickerBest'] as const)('%s is ignored', (name) => {
    expect(fresh().map(frames[name], receivedAt)).toEqual({ kind: 'ignored' })
  })

  test.each(['orderbook.50.DOGEUSDT', 'publicTrade.__proto__', 'tickers.', '', '....', 'constructor'])(
    'the topic %j of no instrument of ours is ignored',
    (topic) => {
      expect(fresh().map({ ...frames.trade, topic }, receivedAt)).toEqual({ kind: 'ignored' })
    },
  )

  test('a quote of an empty side is ignored', () => {
    const { data } = frames.quote
    expect(fresh().map({ ...frames.quote, data: { ...data, b: [] } }, receivedAt)).toEqual({ kind: 'ignored' })
    expect(fresh().map({ ...frames.quote, data: { ...data, a: [['60000.2', '0']] } }, receivedAt)).toEqual({
      kind: 'ignored',
    })
  })

  test('without the time of the matching engine, that of the market data service stands', () => {
    const { cts: _, ...older } = frames.delta
    expect(fresh().map(older, receivedAt)).toMatchObject({ event: { exchangeTime: 1_700_000_000_125 } })
  })
})

describe('tickers', () => {
  const markOf = (mapper: FrameMapper, frame: unknown): MarketEvent => {
    const outcome = mapper.map(frame, receivedAt)
    if (outcome.kind !== 'event') throw new Error(outcome.kind)
    return outcome.event
  }

  test('a delta changes what it names', () => {
    const mapper = fresh()
    const before = markOf(mapper, frames.ticker)
    expect(markOf(mapper, frames.tickerMark)).toEqual({
      ...before,
      exchangeTime: 1_700_000_000_600,
      markPrice: 60_002,
      openInterest: 68_745,
    })
  })

  test('what was never said is not known; a reset and a snapshot forget', () => {
    const mapper = fresh()
    const bare = { ...stamp(1_700_000_000_600), kind: 'mark', markPrice: 60_002, openInterest: 68_745 }
    const unknown = { ...bare, indexPrice: Number.NaN, fundingRate: Number.NaN, nextFundingAt: Number.NaN }
    expect(markOf(mapper, frames.tickerMark)).toEqual(unknown)
    markOf(mapper, frames.ticker)
    mapper.reset('BTC/USDT:USDT')
    expect(markOf(mapper, frames.tickerMark)).toEqual(unknown)
    markOf(mapper, frames.ticker)
    expect(markOf(mapper, { ...frames.tickerMark, type: 'snapshot' })).toEqual(unknown)
  })

  test.each(['0', '', undefined])('a funding time of %j is none', (nextFundingTime) => {
    const { data } = frames.ticker
    const event = markOf(fresh(), { ...frames.ticker, data: { ...data, nextFundingTime, fundingRate: '' } })
    expect(event).toMatchObject({ markPrice: 60_001.12, nextFundingAt: Number.NaN, fundingRate: Number.NaN })
  })

  test('a reset leaves other instruments alone', () => {
    const mapper = fresh()
    markOf(mapper, frames.ticker)
    mapper.reset('BTC/USD:BTC')
    expect(markOf(mapper, frames.tickerMark)).toMatchObject({ indexPrice: 59_999.87 })
  })
})

describe('sequence', () => {
  const steps = (given: readonly unknown[]): { emitted: MarketEvent[]; synced: boolean; bids: number[] } => {
    const own = sequencer()
    const { map } = fresh()
    const emitted: MarketEvent[] = []
    for (const frame of given) {
      const outcome = map(frame, receivedAt)
      if (outcome.kind === 'event') own.step(outcome.event, (event) => emitted.push(event))
    }
    return { emitted, synced: own.synced, bids: own.book.levels('bids') }
  }
  const at = (u: number): object => ({ ...frames.delta, data: { ...frames.delta.data, u } })

  test('the next id follows, one further does not', () => {
    expect(steps([frames.snapshot, at(1_002), at(1_003)]).emitted.map(({ kind }) => kind)).toEqual([
      'book',
      'book',
      'book',
    ])
    expect(steps([frames.snapshot, at(1_003)]).emitted).toMatchObject([
      { kind: 'book' },
      { kind: 'gap', reason: 'sequence' },
    ])
  })

  test('a restart of the venue replaces the book, though its id is lower', () => {
    const { emitted, synced, bids } = steps([frames.snapshot, frames.delta, frames.restart, at(2)])
    expect(emitted.map(({ kind }) => kind)).toEqual(['book', 'book', 'gap', 'book', 'book'])
    expect(synced).toBe(true)
    expect(bids).toEqual([600_000, 700, 599_980, 1])
  })
})

describe('malformed', () => {
  const { snapshot, delta, trade: deal, ticker, liquidations, liquidation } = frames
  const book = (change: object): object => ({ ...delta, data: { ...delta.data, ...change } })
  const print = (change: object): object => ({ ...deal, data: [{ ...deal.data[0], ...change }] })
  const figures = (change: object): object => ({ ...ticker, data: { ...ticker.data, ...change } })
  test.each<[string, unknown, string, string]>([
    ['type unknown', { ...snapshot, type: 'diff' }, 'type', 'diff'],
    ['type missing', { ...snapshot, type: undefined }, 'type', 'undefined'],
    ['data missing', { ...snapshot, data: undefined }, 'data', 'undefined'],
    ['data a list', { ...snapshot, data: [] }, 'data', '[]'],
    ['symbol another', book({ s: 'ETHUSDT' }), 's', 'ETHUSDT'],
    ['symbol missing', book({ s: undefined }), 's', 'undefined'],
    ['id missing', book({ u: undefined }), 'u', 'undefined'],
    ['id text', book({ u: '5' }), 'u', '5'],
    ['id above 2^53', book({ u: 2 ** 53 }), 'u', '9007199254740992'],
    ['time missing', { ...delta, cts: undefined, ts: undefined }, 'ts', 'undefined'],
    ['time NaN', { ...delta, cts: Number.NaN }, 'cts', 'null'],
    ['bids missing', book({ b: undefined }), 'b', 'undefined'],
    ['bids an object', book({ b: { 0: ['60000.1', '1'] } }), 'b', '{"0":["60000.1","1"]}'],
    ['price blank', book({ b: [['', '1']] }), 'b.price', ''],
    ['price negative', book({ b: [['-60000.1', '1']] }), 'b.price', '-60000.1'],
    ['price with a sign', book({ a: [['+60000.15', '1']] }), 'a.price', '+60000.15'],
    ['price 1e308', book({ a: [['1e308', '1']] }), 'a.price', '1e308'],
    ['size blank', book({ a: [['60000.1', '']] }), 'a.size', ''],
    ['size NaN', book({ a: [['60000.1', 'NaN']] }), 'a.size', 'NaN'],
    ['size off the lot', book({ a: [['60000.1', '0.0005']] }), 'a.size', '0.0005'],
    ['trades an object', { ...deal, data: deal.data[0] }, 'data', JSON.stringify(deal.data[0]).slice(0, 80)],
    ['trade no object', { ...deal, data: [7] }, 'data', '7'],
    ['trade of another instrument', print({ s: 'BTCUSD' }), 's', 'BTCUSD'],
    ['trade side', print({ S: 'None' }), 'S', 'None'],
    ['trade size zero', print({ v: '0' }), 'v', '0'],
    ['trade price blank', print({ p: '' }), 'p', ''],
    ['trade id missing', print({ i: undefined }), 'i', 'undefined'],
    ['trade id empty', print({ i: '' }), 'i', ''],
    ['trade id too long', print({ i: 'x'.repeat(65) }), 'i', 'x'.repeat(65)],
    ['trade time text', print({ T: '1700000000400' }), 'T', '1700000000400'],
    ['block flag text', print({ BT: 'false' }), 'BT', 'false'],
    ['ticker type', { ...ticker, type: 1 }, 'type', '1'],
    ['ticker symbol', figures({ symbol: 'ETHUSDT' }), 'symbol', 'ETHUSDT'],
    ['ticker time', { ...ticker, ts: -1 }, 'ts', '-1'],
    ['mark price zero', figures({ markPrice: '0' }), 'markPrice', '0'],
    ['mark price a number', figures({ markPrice: 60_000 }), 'markPrice', '60000'],
    ['index price a word', figures({ indexPrice: 'x' }), 'indexPrice', 'x'],
    ['funding 1e308', figures({ fundingRate: '1e308' }), 'fundingRate', '1e308'],
    ['funding time a fraction', figures({ nextFundingTime: '1.5' }), 'nextFundingTime', '1.5'],
    ['open interest negative', figures({ openInterest: '-1' }), 'openInterest', '-1'],
    ['liquidations an object', { ...liquidations, data: {} }, 'data', '{}'],
    ['liquidation a list', { ...liquidation, data: [] }, 'data', '[]'],
    ['liquidation price', { ...liquidation, data: { ...liquidation.data, price: '-1' } }, 'price', '-1'],
    ['liquidation size', { ...liquidation, data: { ...liquidation.data, size: '' } }, 'size', ''],
    ['liquidation side', { ...liquidation, data: { ...liquidation.data, side: 'buy' } }, 'side', 'buy'],
  ])('%s names field and value', (_name, frame, field, value) => {
    expect(fresh().map(frame, receivedAt)).toEqual({
      ...{ kind: 'malformed', symbol: 'BTC/USDT:USDT', field, value },
      rule: expect.stringMatching(/./),
    })
  })

  test('every field, every hostile value', () => {
    expectHardened(frames, () => fresh().map)
  })

  test('never throws, whatever the JSON', () => {
    expectTotal(frames, () => fresh().map)
  })
})
