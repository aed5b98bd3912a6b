import { describe, expect, test } from 'vitest'
import { converter } from '../../../src/core/instrument.ts'
import type { MarketEvent } from '../../../src/core/market-event.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import type { FrameMapper, FrameOutcome } from '../../../src/market/frame-mapper.ts'
import { sequencer } from '../../../src/market/sequencer.ts'
import { bitgetFrameMapper } from '../../../src/market/venues/bitget.ts'
import frames from '../../fixtures/venues/bitget.json' with { type: 'json' }
import { BTCUSDT } from '../instruments.ts'
import { expectSoundInAnyOrder } from './any-order.ts'
import { expectHardened, expectTotal } from './hostile-frames.ts'

const receivedAt = 1_700_000_000_999.5 as EpochMs
const symbol = 'BTC/USDT:USDT'
const make = (): FrameMapper =>
  bitgetFrameMapper(
    new Map([
      ['BTCUSDT', converter({ ...BTCUSDT, tickSize: '0.1', lotSize: '0.0001' })],
      [
        'BTCUSD',
        converter({ ...BTCUSDT, symbol: 'BTC/USD:BTC', venueSymbol: 'BTCUSD', tickSize: '0.1', lotSize: '0.001' }),
      ],
    ]),
  )
const stamp = (exchangeTime: number): object => ({ symbol, exchangeTime, receivedAt })
const run = (mapper: FrameMapper, ...given: unknown[]): FrameOutcome[] =>
  given.map((frame) => mapper.map(frame, receivedAt))
const last = (...given: unknown[]): FrameOutcome | undefined => run(make(), ...given).at(-1)
type Frame = { data: readonly object[] }
/** The frame with fields of its first row changed. */
const withRow = (frame: Frame, row: object): object => ({ ...frame, data: [{ ...frame.data[0], ...row }] })

describe('the book of `books`', () => {
  test('snapshot, then updates that name the one before', () => {
    const book = { kind: 'book', symbol, receivedAt }
    expect(run(make(), frames.snapshot, frames.update, frames.next)).toEqual([
      {
        kind: 'event',
        event: {
          ...{ ...book, type: 'snapshot', inStream: true, exchangeTime: 1_700_000_000_100 },
          ...{ firstId: 1_001, lastId: 1_001, prevId: 1_001 },
          ...{ bids: [600_001, 15_000, 599_999, 4], asks: [600_002, 20_000, 600_005, 7_500] },
        },
      },
      {
        kind: 'event',
        event: {
          ...{ ...book, type: 'delta', exchangeTime: 1_700_000_000_200, firstId: 1_010, lastId: 1_010, prevId: 1_001 },
          ...{ bids: [600_001, 0, 600_000, 32_500], asks: [] },
        },
      },
      {
        kind: 'event',
        event: {
          ...{ ...book, type: 'delta', exchangeTime: 1_700_000_000_300, firstId: 1_012, lastId: 1_012, prevId: 1_010 },
          ...{ bids: [], asks: [600_002, 25_000] },
        },
      },
    ])
  })

  test('unified frames: `a` and `b`, ids as texts', () => {
    expect(run(make(), frames.unifiedSnapshot, frames.unifiedUpdate)).toMatchObject([
      { event: { type: 'snapshot', inStream: true, lastId: 1_001, bids: [600_001, 15_000], asks: [600_002, 20_000] } },
      { event: { type: 'delta', prevId: 1_001, lastId: 1_010, bids: [], asks: [600_002, 0, 600_003, 10_000] } },
    ])
  })

  test.each<[string, number, number, number]>([
    ['begins on the snapshot', 1_001, 1_010, 1_001],
    ['holds the snapshot', 990, 1_010, 1_001],
    ['ends on the snapshot', 990, 1_001, 1_001],
    ['begins behind it: something is lost, as the sequencer will see', 1_002, 1_010, 1_002],
  ])('the first update %s', (_name, pseq, seq, prevId) => {
    expect(last(frames.snapshot, withRow(frames.update, { pseq, seq }))).toMatchObject({
      event: { prevId, lastId: seq },
    })
  })

  test('only the first update may hold an older id', () => {
    const late = withRow(frames.next, { pseq: 1_005 })
    expect(last(frames.snapshot, frames.update, late)).toMatchObject({ event: { prevId: 1_005 } })
  })

  test('without `pseq` an update is chained to the last one seen; without that it follows nothing', () => {
    const bare = withRow(frames.update, { pseq: undefined })
    expect(last(frames.snapshot, bare)).toMatchObject({ event: { prevId: 1_001, lastId: 1_010 } })
    expect(last(bare)).toMatchObject({ event: { prevId: 1_010, lastId: 1_010 } })
  })

  test.each<[string, object, string]>([
    ['`pseq` 0', { pseq: 0 }, 'pseq'],
    ['a `seq` that runs backwards', { seq: 1_000, pseq: 999 }, 'seq'],
  ])('%s tells of a restart: reported', (_name, row, field) => {
    expect(last(frames.snapshot, withRow(frames.update, row))).toMatchObject({ kind: 'malformed', symbol, field })
  })

  test('after a reset ids may begin lower', () => {
    const mapper = make()
    run(mapper, frames.snapshot, frames.update)
    mapper.reset(symbol)
    expect(mapper.map(withRow(frames.update, { pseq: 8, seq: 9 }), receivedAt)).toMatchObject({
      event: { prevId: 8, lastId: 9 },
    })
  })

  test('ids past 2^53 chain, though rounded', () => {
    const own = sequencer()
    const kinds: string[] = []
    for (const outcome of run(make(), frames.coin, frames.coinUpdate)) {
      if (outcome.kind === 'event') own.step(outcome.event, (event) => kinds.push(event.kind))
    }
    expect(kinds).toEqual(['book', 'book'])
    expect(own.book.levels('bids')).toEqual([600_001, 2_000])
  })

  test('a lost update is a gap, and the next snapshot heals', () => {
    const own = sequencer()
    const kinds: string[] = []
    const resyncs: boolean[] = []
    const mapper = make()
    const step = (frame: unknown): void => {
      const outcome = mapper.map(frame, receivedAt)
      if (outcome.kind !== 'event') return
      resyncs.push(own.step(outcome.event, (event) => kinds.push(event.kind === 'book' ? event.type : event.kind)))
    }
    for (const frame of [frames.snapshot, frames.next]) step(frame)
    mapper.reset(symbol)
    for (const frame of [frames.snapshot, frames.update, frames.next]) step(frame)
    expect(kinds).toEqual(['snapshot', 'gap', 'snapshot', 'delta', 'delta'])
    expect(resyncs).toEqual([false, true, false, false, false])
  })
})

describe('other streams of the book', () => {
  test('`books5` sends whole books: deltas are differences', () => {
    expect(run(make(), frames.five, frames.fiveLater, frames.fiveLater)).toMatchObject([
      { event: { type: 'snapshot', inStream: true, lastId: 1 } },
      {
        event: {
          type: 'delta',
          bookSource: 'snapshot-diff',
          prevId: 1,
          bids: [600_001, 0, 600_000, 40_000],
          asks: [600_002, 10_000],
        },
      },
      { kind: 'ignored' },
    ])
  })

  test('of two streams the first is followed, until a reset', () => {
    const mapper = make()
    expect(run(mapper, frames.snapshot, frames.five).map(({ kind }) => kind)).toEqual(['event', 'ignored'])
    mapper.reset(symbol)
    expect(run(mapper, frames.five, frames.update).map(({ kind }) => kind)).toEqual(['event', 'ignored'])
  })
})

describe('trades', () => {
  test('oldest first, ids as texts', () => {
    const event = { kind: 'trade', symbol, receivedAt }
    expect(last(frames.trades)).toEqual({
      kind: 'events',
      excluded: 0,
      events: [
        {
          ...event,
          ...stamp(1_700_000_000_401),
          tradeId: '1116461060594286590',
          price: 600_001,
          size: 5_000,
          side: 'sell',
        },
        {
          ...event,
          ...stamp(1_700_000_000_402),
          tradeId: '1116461060594286593',
          price: 600_002,
          size: 100,
          side: 'buy',
        },
      ],
    })
  })

  test('of the same millisecond the later row happened first', () => {
    const { data } = frames.trades
    const outcome = last({ ...frames.trades, data: data.map((row) => ({ ...row, ts: '1700000000401' })) })
    expect(outcome).toMatchObject({ events: [{ side: 'sell' }, { side: 'buy' }] })
  })

  test('unified', () => {
    const event = {
      ...stamp(1_700_000_000_402),
      tradeId: '1260903622036942849',
      price: 600_002,
      size: 100,
      side: 'buy',
    }
    expect(last(frames.unifiedTrade)).toEqual({ kind: 'event', event: { kind: 'trade', ...event } })
  })
})

describe('marks', () => {
  const whole = {
    ...{ kind: 'mark', ...stamp(1_700_000_000_500), markPrice: 60_000, indexPrice: 59_998.4 },
    ...{ fundingRate: 0.00001, nextFundingAt: 1_700_006_400_000, openInterest: 929.502 },
  } as unknown as MarketEvent

  test('from the ticker; what a later frame leaves out stands', () => {
    const later = { ...whole, exchangeTime: 1_700_000_000_600, markPrice: 60_000.1, openInterest: 931.5 }
    expect(run(make(), frames.ticker, frames.unifiedTicker)).toEqual([
      { kind: 'event', event: whole },
      { kind: 'event', event: later },
    ])
  })

  test('after a reset only what is said anew is known', () => {
    const mapper = make()
    run(mapper, frames.ticker)
    mapper.reset(symbol)
    expect(mapper.map(frames.unifiedTicker, receivedAt)).toMatchObject({
      event: {
        markPrice: 60_000.1,
        indexPrice: Number.NaN,
        fundingRate: Number.NaN,
        nextFundingAt: Number.NaN,
        openInterest: 931.5,
      },
    })
  })

  test('a ticker that says none of it is ignored', () => {
    expect(last({ ...frames.unifiedTicker, data: [{ lastPrice: '60000.2' }] })).toEqual({ kind: 'ignored' })
  })
})

describe('not ours', () => {
  test.each<[string, unknown]>([
    ['acknowledgement', frames.ack],
    ['refusal', frames.refused],
    ['candle', frames.candle],
    ['pong', 'pong'],
    ['another instrument', { ...frames.snapshot, arg: { ...frames.snapshot.arg, instId: 'DOGEUSDT' } }],
    ['spot, with the same symbol', { ...frames.snapshot, arg: { ...frames.snapshot.arg, instType: 'SPOT' } }],
    ['an inherited name', { ...frames.snapshot, arg: { ...frames.snapshot.arg, instId: '__proto__' } }],
    ['no symbol, of a kind not used', { ...frames.candle, arg: { ...frames.candle.arg, instId: undefined } }],
  ])('%s is ignored', (_name, frame) => {
    expect(last(frame)).toEqual({ kind: 'ignored' })
  })
})

describe('hostile', () => {
  const { snapshot, update, trades, ticker } = frames
  /** Ids may lie past 2^53, rightly. */
  const countedAnew = (): FrameMapper => {
    const { map, reset } = make()
    return {
      reset,
      map(frame, at) {
        const outcome = map(frame, at)
        if (outcome.kind !== 'event' || outcome.event.kind !== 'book') return outcome
        expect(outcome.event).toSatisfy(({ lastId, prevId }) => Number.isInteger(lastId) && Number.isInteger(prevId))
        return { kind: 'event', event: { ...outcome.event, firstId: 1, lastId: 1 } }
      },
    }
  }
  test.each<[string, object, string, string]>([
    ['blank price', withRow(snapshot, { bids: [['', '1']] }), 'bids.price', ''],
    ['blank size', withRow(snapshot, { bids: [['60000.1', '']] }), 'bids.size', ''],
    ['negative price', withRow(snapshot, { asks: [['-1', '1']] }), 'asks.price', '-1'],
    ['price zero', withRow(snapshot, { asks: [['0', '1']] }), 'asks.price', '0'],
    ['price NaN', withRow(snapshot, { asks: [['NaN', '1']] }), 'asks.price', 'NaN'],
    ['price 1e308', withRow(snapshot, { asks: [['1e308', '1']] }), 'asks.price', '1e308'],
    ['price with a sign', withRow(snapshot, { asks: [['+60000.15', '1']] }), 'asks.price', '+60000.15'],
    ['size off the lot', withRow(snapshot, { asks: [['60000.2', '0.00001']] }), 'asks.size', '0.00001'],
    ['price a number', withRow(snapshot, { asks: [[60_000.2, '1']] }), 'asks.price', '60000.2'],
    ['level an object', withRow(snapshot, { asks: [{}] }), 'asks', '{}'],
    ['side missing', withRow(snapshot, { bids: undefined }), 'bids', 'undefined'],
    ['side an object', withRow(snapshot, { bids: {} }), 'bids', '{}'],
    ['too many levels', withRow(snapshot, { bids: new Array(20_001).fill(['60000.1', '1']) }), 'bids.length', '20001'],
    ['time missing', withRow(snapshot, { ts: undefined }), 'ts', 'undefined'],
    ['time a word', withRow(snapshot, { ts: 'now' }), 'ts', 'now'],
    ['seq missing', withRow(snapshot, { seq: undefined }), 'seq', 'undefined'],
    ['seq 1e308', withRow(snapshot, { seq: 1e308 }), 'seq', '1e+308'],
    ['seq a fraction', withRow(snapshot, { seq: 1.5 }), 'seq', '1.5'],
    ['seq negative', withRow(snapshot, { seq: -1 }), 'seq', '-1'],
    ['pseq garbage', withRow(update, { pseq: 'x' }), 'pseq', 'x'],
    ['action unknown', { ...snapshot, action: 'merge' }, 'action', 'merge'],
    ['data an object', { ...snapshot, data: {} }, 'data', '{}'],
    ['data empty', { ...snapshot, data: [] }, 'data.length', '0'],
    ['two books', { ...snapshot, data: [...snapshot.data, ...snapshot.data] }, 'data.length', '2'],
    ['row a list', { ...snapshot, data: [[]] }, 'data', '[]'],
    ['symbol missing', { ...snapshot, arg: { ...snapshot.arg, instId: undefined } }, 'arg.instId', 'undefined'],
    ['symbol a number', { ...trades, arg: { ...trades.arg, instId: 7 } }, 'arg.instId', '7'],
    ['trade size zero', withRow(trades, { size: '0' }), 'size', '0'],
    ['trade price blank', withRow(trades, { price: ' ' }), 'price', ' '],
    ['trade side', withRow(trades, { side: 'BUY' }), 'side', 'BUY'],
    ['trade id empty', withRow(trades, { tradeId: '' }), 'tradeId', ''],
    ['mark price zero', withRow(ticker, { markPrice: '0' }), 'markPrice', '0'],
    ['funding a word', withRow(ticker, { fundingRate: 'x' }), 'fundingRate', 'x'],
    ['open interest negative', withRow(ticker, { holdingAmount: '-1' }), 'holdingAmount', '-1'],
    ['next funding garbage', withRow(ticker, { nextFundingTime: 'soon' }), 'nextFundingTime', 'soon'],
  ])('%s names field and value', (_name, frame, field, value) => {
    expect(last(frame)).toMatchObject({ kind: 'malformed', field, value, rule: expect.stringMatching(/./) })
  })

  test('every field of every frame replaced by everything hostile', () => {
    expectHardened(frames, () => countedAnew().map)
  })

  test('any JSON', () => {
    expectTotal(frames, () => countedAnew().map)
  })

  test('frames and garbage in any order, with resets', () => {
    expectSoundInAnyOrder(frames, make, symbol)
  })
})
