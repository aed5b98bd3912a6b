import { describe, expect, test } from 'vitest'
import { converter } from '../../../src/core/instrument.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import type { FrameMapper, FrameOutcome } from '../../../src/market/frame-mapper.ts'
import { hyperliquidFrameMapper } from '../../../src/market/venues/hyperliquid.ts'
import frames from '../../fixtures/venues/hyperliquid.json' with { type: 'json' }
import { BTCUSDT } from '../instruments.ts'
import { expectSoundInAnyOrder } from './any-order.ts'
import { expectHardened, expectTotal } from './hostile-frames.ts'

const receivedAt = 1_700_000_000_999.5 as EpochMs
const symbol = 'BTC/USDC:USDC'
const BTC = {
  ...BTCUSDT,
  symbol,
  venueSymbol: 'BTC',
  quote: 'USDC',
  settle: 'USDC',
  tickSize: '0.1',
  lotSize: '0.00001',
}
const ETH = { ...BTC, symbol: 'ETH/USDC:USDC', venueSymbol: 'ETH', tickSize: '0.01', lotSize: '0.0001' }
const make = (): FrameMapper =>
  hyperliquidFrameMapper(new Map([BTC, ETH].map((instrument) => [instrument.venueSymbol, converter(instrument)])))
const stamp = (exchangeTime: number): object => ({ symbol, exchangeTime, receivedAt })
const run = (mapper: FrameMapper, ...given: unknown[]): FrameOutcome[] =>
  given.map((frame) => mapper.map(frame, receivedAt))
const last = (...given: unknown[]): FrameOutcome | undefined => run(make(), ...given).at(-1)
const withData = (frame: { data: object }, fields: object): object => ({ ...frame, data: { ...frame.data, ...fields } })
const withCtx = (fields: object): object => withData(frames.ctx, { ctx: { ...frames.ctx.data.ctx, ...fields } })
const withTrade = (fields: object): object => ({ ...frames.trades, data: [{ ...frames.trades.data[0], ...fields }] })

describe('books', () => {
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
          ...{ bids: [600_010, 150_000, 600_000, 42], asks: [600_020, 200_000] },
        },
      },
      {
        kind: 'event',
        event: {
          ...{
            kind: 'book',
            ...stamp(1_700_000_005_500),
            type: 'delta',
            bookSource: 'snapshot-diff',
            firstId: 2,
            lastId: 2,
            prevId: 1,
          },
          ...{ bids: [600_000, 0, 600_010, 125_000, 599_990, 300_000], asks: [] },
        },
      },
    ])
  })

  test('the same book with another count of orders or another time is ignored', () => {
    expect(last(frames.book, withData(frames.book, { time: 1_700_000_005_500 }))).toEqual({ kind: 'ignored' })
  })

  test('of the fast and the slow stream the first is followed, until a reset', () => {
    const mapper = make()
    expect(run(mapper, frames.book, frames.fast).map(({ kind }) => kind)).toEqual(['event', 'ignored'])
    mapper.reset(symbol)
    expect(run(mapper, frames.fast, frames.later)).toMatchObject([
      { event: { type: 'snapshot', inStream: true, lastId: 2 } },
      { kind: 'ignored' },
    ])
  })

  test('a delisted coin has an empty book', () => {
    expect(last(withData(frames.book, { levels: [[], []] }))).toMatchObject({
      event: { type: 'snapshot', bids: [], asks: [] },
    })
  })
})

describe('trades', () => {
  const trade = { kind: 'trade', symbol, receivedAt }

  test('A sold, B bought; the id is the time and the hash', () => {
    expect(last(frames.trades)).toEqual({
      kind: 'events',
      excluded: 0,
      events: [
        {
          ...trade,
          exchangeTime: 1_700_000_000_401,
          tradeId: '1700000000401-981894269203506',
          price: 600_010,
          size: 500,
          side: 'sell',
        },
        {
          ...trade,
          exchangeTime: 1_700_000_000_402,
          tradeId: '1700000000402-118906512037719',
          price: 600_020,
          size: 1_000,
          side: 'buy',
        },
      ],
    })
  })

  test('each row names its coin', () => {
    const [row] = frames.trades.data
    const outcome = last({ ...frames.trades, data: [{ ...row, coin: 'ETH' }, { ...row, coin: 'DOGE' }, row] })
    expect(outcome).toMatchObject({
      kind: 'events',
      events: [
        { symbol: 'ETH/USDC:USDC', size: 50 },
        { symbol, size: 500 },
      ],
    })
  })
})

describe('asset contexts', () => {
  test('hourly funding, due at the next full hour; the time is that of the last book or trade', () => {
    expect(last(frames.trades, frames.ctx)).toEqual({
      kind: 'event',
      event: {
        ...{
          kind: 'mark',
          ...stamp(1_700_000_000_402),
          markPrice: 60_001.5,
          indexPrice: 60_003,
          fundingRate: 0.0000125,
        },
        ...{ nextFundingAt: 1_700_002_800_000, openInterest: 688.11 },
      },
    })
    expect(last(frames.trades, frames.book, frames.ctx)).toMatchObject({ event: { exchangeTime: 1_700_000_000_100 } })
  })

  test('before the first of them the local clock stands for it', () => {
    expect(last(frames.ctx)).toMatchObject({ event: { exchangeTime: receivedAt } })
  })

  test.each<[string, number, number]>([
    ['just before the hour', 1_700_002_799_999, 1_700_002_800_000],
    ['on the hour', 1_700_002_800_000, 1_700_006_400_000],
  ])('%s', (_name, at, nextFundingAt) => {
    expect(last(withData(frames.book, { time: at }), frames.ctx)).toMatchObject({ event: { nextFundingAt } })
  })

  test('what is null or left out stands as before; after a reset it is not known', () => {
    const mapper = make()
    const part = withCtx({ oraclePx: null, openInterest: undefined, markPx: '60005' })
    expect(run(mapper, frames.ctx, part).at(-1)).toMatchObject({
      event: { markPrice: 60_005, indexPrice: 60_003, openInterest: 688.11 },
    })
    mapper.reset(symbol)
    expect(mapper.map(part, receivedAt)).toMatchObject({ event: { markPrice: 60_005, indexPrice: Number.NaN } })
    expect(mapper.map(part, receivedAt)).not.toHaveProperty('event.openInterest')
  })
})

test.each<[string, unknown]>([
  ['acknowledgement', frames.ack],
  ['pong', frames.pong],
  ['error', frames.error],
  ['best bid and ask', frames.bbo],
  ['another coin', withData(frames.book, { coin: 'DOGE' })],
  ['another coin, context', withData(frames.ctx, { coin: 'DOGE' })],
  ['no trades', { ...frames.trades, data: [] }],
  ['an inherited name', withData(frames.book, { coin: 'toString' })],
  ['a text', 'Websocket connection established.'],
])('%s is ignored', (_name, frame) => {
  expect(last(frame)).toEqual({ kind: 'ignored' })
})

describe('hostile', () => {
  const { book, trades } = frames
  const bids = (level: unknown): object => withData(book, { levels: [[level], []] })
  test.each<[string, object, string, string]>([
    ['blank price', bids({ px: '', sz: '1' }), 'bids.price', ''],
    ['blank size', bids({ px: '60000.0', sz: '' }), 'bids.size', ''],
    ['negative price', bids({ px: '-1', sz: '1' }), 'bids.price', '-1'],
    ['price NaN', bids({ px: 'NaN', sz: '1' }), 'bids.price', 'NaN'],
    ['price 1e308', bids({ px: '1e308', sz: '1' }), 'bids.price', '1e308'],
    ['price with an exponent', bids({ px: '6e4', sz: '1' }), 'bids.price', '6e4'],
    ['size off the lot', bids({ px: '60000', sz: '0.000001' }), 'bids.size', '0.000001'],
    ['size missing', bids({ px: '60000' }), 'bids.size', 'undefined'],
    ['level a number', bids(7), 'bids', '7'],
    ['one side', withData(book, { levels: [[]] }), 'levels.length', '1'],
    ['three sides', withData(book, { levels: [[], [], []] }), 'levels.length', '3'],
    ['side an object', withData(book, { levels: [{}, []] }), 'bids', '{}'],
    ['levels missing', withData(book, { levels: undefined }), 'levels', 'undefined'],
    ['time missing', withData(book, { time: undefined }), 'time', 'undefined'],
    ['time 1e308', withData(book, { time: 1e308 }), 'time', '1e+308'],
    ['coin missing', withData(book, { coin: undefined }), 'coin', 'undefined'],
    ['data a list', { ...book, data: [] }, 'data', '[]'],
    ['trades an object', { ...trades, data: {} }, 'data', '{}'],
    ['trade a list', { ...trades, data: [[]] }, 'data', '[]'],
    ['trade side', withTrade({ side: 'buy' }), 'side', 'buy'],
    ['trade size zero', withTrade({ sz: '0.0' }), 'sz', '0.0'],
    ['trade id missing', withTrade({ tid: undefined }), 'tid', 'undefined'],
    ['trade id a fraction', withTrade({ tid: 0.5 }), 'tid', '0.5'],
    ['context missing', withData(frames.ctx, { ctx: null }), 'ctx', 'null'],
    ['mark price zero', withCtx({ markPx: '0.0' }), 'markPx', '0.0'],
    ['funding a word', withCtx({ funding: 'x' }), 'funding', 'x'],
    ['open interest negative', withCtx({ openInterest: '-1' }), 'openInterest', '-1'],
  ])('%s names field and value', (_name, frame, field, value) => {
    expect(last(frame)).toMatchObject({ kind: 'malformed', field, value, rule: expect.stringMatching(/./) })
  })

  test('the instrument is named once it is known, also in a list', () => {
    expect(last(withTrade({ sz: '0' }))).toMatchObject({ kind: 'malformed', symbol })
    expect(last(withData(book, { coin: 5 }))).not.toHaveProperty('symbol')
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
