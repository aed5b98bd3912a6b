import { describe, expect, test } from 'vitest'
import { converter } from '../../../src/core/instrument.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import type { FrameMapper, FrameOutcome } from '../../../src/market/frame-mapper.ts'
import { sequencer } from '../../../src/market/sequencer.ts'
import { bingxFrameMapper } from '../../../src/market/venues/bingx.ts'
import frames from '../../fixtures/venues/bingx.json' with { type: 'json' }
import { BTCUSD_PERP, BTCUSDT } from '../instruments.ts'
import { expectSoundInAnyOrder } from './any-order.ts'
import { expectHardened, expectTotal } from './hostile-frames.ts'

const receivedAt = 1_700_000_000_999.5 as EpochMs
const symbol = 'BTC/USDT:USDT'
const make = (): FrameMapper =>
  bingxFrameMapper(
    new Map([
      ['BTC-USDT', converter({ ...BTCUSDT, venueSymbol: 'BTC-USDT', tickSize: '0.1', lotSize: '0.0001' })],
      ['BTC-USD', converter({ ...BTCUSD_PERP, venueSymbol: 'BTC-USD', tickSize: '0.1' })],
    ]),
  )
const stamp = (exchangeTime: number): object => ({ symbol, exchangeTime, receivedAt })
const run = (mapper: FrameMapper, ...given: unknown[]): FrameOutcome[] =>
  given.map((frame) => mapper.map(frame, receivedAt))
const last = (...given: unknown[]): FrameOutcome | undefined => run(make(), ...given).at(-1)
const withData = (frame: { data: object }, fields: object): object => ({ ...frame, data: { ...frame.data, ...fields } })

describe('whole books', () => {
  test('a snapshot, then differences that say so', () => {
    expect(run(make(), frames.book, frames.later)).toEqual([
      {
        kind: 'event',
        event: {
          ...{
            kind: 'book',
            ...stamp(1_700_000_000_100),
            type: 'snapshot',
            inStream: true,
            firstId: 1,
            lastId: 1,
            prevId: 1,
          },
          ...{ bids: [600_001, 15_000, 599_999, 4], asks: [600_005, 7_500, 600_002, 20_000] },
        },
      },
      {
        kind: 'event',
        event: {
          ...{
            kind: 'book',
            ...stamp(1_700_000_000_300),
            type: 'delta',
            bookSource: 'snapshot-diff',
            firstId: 2,
            lastId: 2,
            prevId: 1,
          },
          ...{ bids: [599_999, 0, 600_000, 32_500], asks: [600_002, 25_000] },
        },
      },
    ])
  })

  test('an equal book is ignored, an older one too', () => {
    expect(
      run(make(), frames.later, { ...frames.later, ts: 1_700_000_000_500 }, frames.book).map(({ kind }) => kind),
    ).toEqual(['event', 'ignored', 'ignored'])
  })

  test('a reset begins anew', () => {
    const mapper = make()
    run(mapper, frames.book)
    mapper.reset(symbol)
    expect(mapper.map(frames.later, receivedAt)).toMatchObject({
      event: { type: 'snapshot', inStream: true, lastId: 2 },
    })
  })

  test('coin-margined: objects, sizes in contracts', () => {
    expect(last(frames.coinBook)).toMatchObject({
      event: { symbol: 'BTC/USD:BTC', exchangeTime: 1_700_000_000_100, bids: [600_001, 81], asks: [600_002, 3] },
    })
  })
})

describe('increments', () => {
  test('the book, then updates that follow the number before', () => {
    const own = sequencer()
    const kinds: string[] = []
    for (const outcome of run(make(), frames.all, frames.update)) {
      if (outcome.kind === 'event') own.step(outcome.event, (event) => kinds.push(event.kind))
    }
    expect(kinds).toEqual(['book', 'book'])
    expect(own.book.levels('bids')).toEqual([600_001, 15_000, 600_000, 32_500])
    expect(own.book.levels('asks')).toEqual([600_003, 10_000])
  })

  test('ids and time', () => {
    expect(run(make(), frames.all, frames.update)).toMatchObject([
      { event: { type: 'snapshot', inStream: true, lastId: 501, prevId: 501, exchangeTime: 1_700_000_000_100 } },
      { event: { type: 'delta', firstId: 502, lastId: 502, prevId: 501, exchangeTime: 1_700_000_000_300 } },
    ])
    expect(last(frames.all, frames.update)).not.toHaveProperty('event.bookSource')
  })

  test('a number left out is a gap', () => {
    const own = sequencer()
    const seen: string[] = []
    for (const outcome of run(make(), frames.all, withData(frames.update, { lastUpdateId: 503 }))) {
      if (outcome.kind === 'event')
        own.step(outcome.event, (event) => seen.push(event.kind === 'gap' ? event.reason : event.kind))
    }
    expect(seen).toEqual(['book', 'sequence'])
  })

  test('a number that runs backwards is reported: the venue began anew', () => {
    const back = withData(frames.update, { lastUpdateId: 500 })
    expect(last(frames.all, back)).toMatchObject({ kind: 'malformed', symbol, field: 'lastUpdateId', value: '500' })
    expect(
      last(frames.all, withData(frames.all, { lastUpdateId: 7 }), withData(frames.update, { lastUpdateId: 8 })),
    ).toMatchObject({
      event: { prevId: 7 },
    })
  })

  test('after a reset numbers may begin lower', () => {
    const mapper = make()
    run(mapper, frames.all, frames.update)
    mapper.reset(symbol)
    expect(mapper.map(withData(frames.update, { lastUpdateId: 9 }), receivedAt)).toMatchObject({
      event: { prevId: 8, lastId: 9 },
    })
  })

  test('of two streams of the book the first is followed, until a reset', () => {
    const mapper = make()
    expect(run(mapper, frames.all, frames.book).map(({ kind }) => kind)).toEqual(['event', 'ignored'])
    mapper.reset(symbol)
    expect(run(mapper, frames.book, frames.update).map(({ kind }) => kind)).toEqual(['event', 'ignored'])
  })
})

describe('trades', () => {
  const trade = { kind: 'trade', symbol, receivedAt, tradeId: '' }

  test('oldest first; the buyer as maker means a seller came; no ids', () => {
    expect(last(frames.trades)).toEqual({
      kind: 'events',
      excluded: 0,
      events: [
        { ...trade, exchangeTime: 1_700_000_000_401, price: 600_000, size: 2_500, side: 'sell' },
        { ...trade, exchangeTime: 1_700_000_000_401, price: 600_001, size: 5_000, side: 'sell' },
        { ...trade, exchangeTime: 1_700_000_000_402, price: 600_002, size: 100, side: 'buy' },
      ],
    })
  })

  test('without a reset the same list counts again: nothing tells it from new trades', () => {
    expect(last(frames.trades, frames.trades)).toMatchObject({ kind: 'events', excluded: 0 })
  })

  test('after a reset the first list begins behind the last trade seen, and only the first', () => {
    const mapper = make()
    const [newest] = frames.trades.data
    run(mapper, { ...frames.trades, data: frames.trades.data.slice(1) })
    mapper.reset(symbol)
    expect(mapper.map(frames.trades, receivedAt)).toMatchObject({ excluded: 2, events: [{ exchangeTime: newest!.T }] })
    expect(mapper.map(frames.trades, receivedAt)).toMatchObject({ excluded: 0 })
    mapper.reset(symbol)
    expect(mapper.map(frames.trades, receivedAt)).toEqual({ kind: 'excluded', symbol, type: 'repeated' })
  })

  test('coin-margined: one trade, with an id, in contracts', () => {
    const event = { tradeId: '39125001', price: 600_000, size: 1, side: 'buy', exchangeTime: 1_700_000_000_402 }
    expect(last(frames.coinTrade)).toMatchObject({ kind: 'event', event: { symbol: 'BTC/USD:BTC', ...event } })
  })
})

test('the mark price is all that is streamed of marks', () => {
  const unknown = { indexPrice: Number.NaN, fundingRate: Number.NaN, nextFundingAt: Number.NaN }
  expect(last(frames.mark)).toEqual({
    kind: 'event',
    event: { kind: 'mark', ...stamp(1_700_000_000_500), markPrice: 60_000.1, ...unknown },
  })
})

test.each<[string, unknown]>([
  ['Ping', 'Ping'],
  ['ping as JSON', { ping: '2177c68e', time: '2022-06-07T16:27:36.323+0800' }],
  ['acknowledgement', frames.ack],
  ['refusal', frames.refused],
  ['kline', frames.kline],
  ['ticker', frames.ticker],
  ['another instrument', { ...frames.book, dataType: 'DOGE-USDT@depth20' }],
  ['a depth without a number', { ...frames.book, dataType: 'BTC-USDT@depth' }],
  ['an inherited name', { ...frames.book, dataType: 'constructor@depth20' }],
])('%s is ignored', (_name, frame) => {
  expect(last(frame)).toEqual({ kind: 'ignored' })
})

describe('hostile', () => {
  const { book, update, trades, mark, coinBook } = frames
  const withTrade = (fields: object): object => ({ ...trades, data: [{ ...trades.data[0], ...fields }] })
  test.each<[string, object, string, string]>([
    ['blank price', withData(book, { bids: [['', '1']] }), 'bids.price', ''],
    ['blank size', withData(book, { bids: [['60000.1', '']] }), 'bids.size', ''],
    ['negative price', withData(book, { asks: [['-1', '1']] }), 'asks.price', '-1'],
    ['negative size', withData(book, { asks: [['60000.1', '-1']] }), 'asks.size', '-1'],
    ['price NaN', withData(book, { asks: [['NaN', '1']] }), 'asks.price', 'NaN'],
    ['price 1e308', withData(book, { asks: [['1e308', '1']] }), 'asks.price', '1e308'],
    ['price a number', withData(book, { asks: [[60_000, 1]] }), 'asks.price', '60000'],
    ['level missing', withData(book, { asks: [null] }), 'asks', 'null'],
    ['side missing', withData(book, { bids: undefined }), 'bids', 'undefined'],
    ['side an object', withData(book, { bids: { 0: ['1', '1'] } }), 'bids', '{"0":["1","1"]}'],
    ['time missing', { ...book, ts: undefined }, 'ts', 'undefined'],
    ['time a text', { ...book, ts: '1700000000100' }, 'ts', '1700000000100'],
    ['data missing', { ...book, data: undefined }, 'data', 'undefined'],
    ['data a list', { ...book, data: [] }, 'data', '[]'],
    [
      'coin level without contracts',
      withData(coinBook, { bids: [{ p: '60000.1', a: '1' }] }),
      'bids.size',
      'undefined',
    ],
    [
      'coin level, fraction of a contract',
      withData(coinBook, { bids: [{ p: '60000.1', v: '0.5' }] }),
      'bids.size',
      '0.5',
    ],
    ['action unknown', withData(update, { action: 'some' }), 'action', 'some'],
    ['id missing', withData(update, { lastUpdateId: undefined }), 'lastUpdateId', 'undefined'],
    ['id 1e308', withData(update, { lastUpdateId: 1e308 }), 'lastUpdateId', '1e+308'],
    ['trade list missing', { ...trades, data: null }, 'data', 'null'],
    ['trade a list', { ...trades, data: [[]] }, 'data', '[]'],
    ['trade size zero', withTrade({ q: '0' }), 'q', '0'],
    ['trade price garbage', withTrade({ p: 'x' }), 'p', 'x'],
    ['trade maker a text', withTrade({ m: 'true' }), 'm', 'true'],
    ['trade time missing', withTrade({ T: undefined }), 'T', 'undefined'],
    ['trade id a number', withTrade({ t: 5 }), 't', '5'],
    ['mark price blank', withData(mark, { p: '' }), 'p', ''],
  ])('%s names field and value', (_name, frame, field, value) => {
    expect(last(frame)).toMatchObject({ kind: 'malformed', field, value, rule: expect.stringMatching(/./) })
  })

  test('every field of every frame replaced by everything hostile', () => {
    expectHardened(frames, () => make().map)
  })

  test('any JSON', () => {
    expectTotal(frames, () => make().map)
  })

  test('frames and garbage in any order, with resets', () => {
    expectSoundInAnyOrder(frames, make, symbol)
  })
})
