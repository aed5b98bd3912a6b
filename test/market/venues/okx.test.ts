import { describe, expect, test } from 'vitest'
import { converter, type Instrument } from '../../../src/core/instrument.ts'
import type { MarketEvent } from '../../../src/core/market-event.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import type { FrameMapper } from '../../../src/market/frame-mapper.ts'
import { sequencer } from '../../../src/market/sequencer.ts'
import { okxFrameMapper } from '../../../src/market/venues/okx.ts'
import frames from '../../fixtures/venues/okx.json' with { type: 'json' }
import { BTCUSDT } from '../instruments.ts'
import { expectHardened, expectTotal } from './hostile-frames.ts'

/** Sizes in contracts of 0.01 BTC, to a hundredth of a contract. */
const LINEAR: Instrument = {
  ...BTCUSDT,
  venueSymbol: 'BTC-USDT-SWAP',
  tickSize: '0.1',
  lotSize: '0.01',
  contractSize: '0.01',
}
/** Sizes in contracts of 100 USD. */
const INVERSE: Instrument = {
  ...BTCUSDT,
  ...{ symbol: 'BTC/USD:BTC', venueSymbol: 'BTC-USD-SWAP', quote: 'USD', settle: 'BTC' },
  ...{ tickSize: '0.1', lotSize: '1', contractSize: '100', inverse: true },
}
const converters = new Map([LINEAR, INVERSE].map((instrument) => [instrument.venueSymbol, converter(instrument)]))
const fresh = (): FrameMapper => okxFrameMapper(converters)
const receivedAt = 1_700_000_000_999.5 as EpochMs
const stamp = (exchangeTime: number, symbol = 'BTC/USDT:USDT'): object => ({ symbol, exchangeTime, receivedAt })
const unknown = { markPrice: Number.NaN, indexPrice: Number.NaN, fundingRate: Number.NaN, nextFundingAt: Number.NaN }

describe('each kind', () => {
  test.each<[keyof typeof frames, object]>([
    [
      'snapshot',
      {
        ...{
          ...stamp(1_700_000_000_100),
          kind: 'book',
          type: 'snapshot',
          inStream: true,
          firstId: 10,
          lastId: 10,
          prevId: 10,
        },
        ...{ bids: [600_001, 15_000, 599_999, 200], asks: [600_002, 5_050] },
      },
    ],
    [
      'update',
      {
        ...{ ...stamp(1_700_000_000_200), kind: 'book', type: 'delta', firstId: 15, lastId: 15, prevId: 10 },
        ...{ bids: [600_001, 0, 600_000, 7_025], asks: [] },
      },
    ],
    [
      'quote',
      {
        ...{ ...stamp(1_700_000_000_210), kind: 'quote', updateId: 16 },
        ...{ bidTicks: 600_001, bidLots: 15_000, askTicks: 600_002, askLots: 5_050 },
      },
    ],
    [
      'trade',
      { ...stamp(1_700_000_000_300), kind: 'trade', tradeId: 130_639_474, side: 'sell', price: 600_001, size: 25 },
    ],
    [
      'inverseTrade',
      { ...stamp(1_700_000_000_320, 'BTC/USD:BTC'), kind: 'trade', tradeId: 5, side: 'buy', price: 600_005, size: 25 },
    ],
    ['mark', { ...stamp(1_700_000_000_400), kind: 'mark', ...unknown, markPrice: 60_001.1 }],
    ['index', { ...stamp(1_700_000_000_410), kind: 'mark', ...unknown, indexPrice: 59_999.87 }],
    [
      'funding',
      {
        ...{ ...stamp(1_700_000_000_420), kind: 'mark', ...unknown },
        ...{ fundingRate: 0.0001875391284828, nextFundingAt: 1_700_006_400_000 },
      },
    ],
    ['openInterest', { ...stamp(1_700_000_000_430), kind: 'mark', ...unknown, openInterest: 22_161.1301 }],
    [
      'inverseOpenInterest',
      { ...stamp(1_700_000_000_440, 'BTC/USD:BTC'), kind: 'mark', ...unknown, openInterest: 5_000_000 },
    ],
  ])('%s', (name, event) => {
    expect(fresh().map(frames[name], receivedAt)).toEqual({ kind: 'event', event })
  })

  test('an id too long for a number stays a text', () => {
    const deal = (at: number, tradeId: number | string, price: number, size: number): object => ({
      ...{ ...stamp(at), kind: 'trade', tradeId, side: 'buy', price, size },
    })
    expect(fresh().map(frames.trades, receivedAt)).toEqual({
      kind: 'events',
      events: [
        deal(1_700_000_000_310, 130_639_475, 600_002, 100),
        deal(1_700_000_000_311, '9007199254740993', 600_001, 200),
      ],
      excluded: 0,
    })
  })

  test('the side of a liquidation is the order: a sale closes a long; others are left out; prices are rounded to a tick', () => {
    const liquidation = (at: number, side: string, price: number, size: number): object => ({
      ...{ ...stamp(at), kind: 'liquidation', side, price, size },
    })
    expect(fresh().map(frames.liquidations, receivedAt)).toEqual({
      kind: 'events',
      events: [
        liquidation(1_700_000_000_510, 'sell', 599_000, 150),
        liquidation(1_700_000_000_511, 'buy', 601_001, 200),
      ],
      excluded: 0,
    })
  })

  test.each(['rpiBook', 'ticker', 'ack', 'error'] as const)('%s is ignored', (name) => {
    expect(fresh().map(frames[name], receivedAt)).toEqual({ kind: 'ignored' })
  })

  test.each([
    ['another instrument', { channel: 'books', instId: 'DOGE-USDT-SWAP' }],
    ['no instrument', { channel: 'books' }],
    ['no channel', { instId: 'BTC-USDT-SWAP' }],
    ['__proto__', { channel: '__proto__', instId: '__proto__' }],
    ['the index of another instrument', { channel: 'index-tickers', instId: 'DOGE-USDT' }],
    ['a list', ['books', 'BTC-USDT-SWAP']],
  ])('%s is ignored', (_name, arg) => {
    expect(fresh().map({ ...frames.update, arg }, receivedAt)).toEqual({ kind: 'ignored' })
  })

  test('a quote of an empty side is ignored', () => {
    const row = frames.quote.data[0]!
    expect(fresh().map({ ...frames.quote, data: [{ ...row, asks: [] }] }, receivedAt)).toEqual({ kind: 'ignored' })
  })
})

test('mark, index, funding and open interest are merged, until a reset', () => {
  const mapper = fresh()
  const last = (['mark', 'index', 'funding', 'openInterest'] as const)
    .map((name) => mapper.map(frames[name], receivedAt))
    .at(-1)
  const all = {
    ...{ markPrice: 60_001.1, indexPrice: 59_999.87, fundingRate: 0.0001875391284828 },
    ...{ nextFundingAt: 1_700_006_400_000, openInterest: 22_161.1301 },
  }
  expect(last).toEqual({ kind: 'event', event: { ...stamp(1_700_000_000_430), kind: 'mark', ...all } })
  mapper.reset('BTC/USD:BTC')
  expect(mapper.map(frames.mark, receivedAt)).toMatchObject({ event: all })
  mapper.reset('BTC/USDT:USDT')
  expect(mapper.map(frames.mark, receivedAt)).toEqual({
    kind: 'event',
    event: { ...stamp(1_700_000_000_400), kind: 'mark', ...unknown, markPrice: 60_001.1 },
  })
})

describe('sequence', () => {
  const steps = (given: readonly unknown[]): { emitted: MarketEvent[]; synced: boolean; asks: number[] } => {
    const own = sequencer()
    const { map } = fresh()
    const emitted: MarketEvent[] = []
    for (const frame of given) {
      const outcome = map(frame, receivedAt)
      if (outcome.kind === 'event') own.step(outcome.event, (event) => emitted.push(event))
    }
    return { emitted, synced: own.synced, asks: own.book.levels('asks') }
  }
  const { snapshot, update, heartbeat, maintenance, afterMaintenance } = frames

  test('a heartbeat and a maintenance that sets ids back keep the chain', () => {
    const { emitted, synced, asks } = steps([snapshot, update, heartbeat, maintenance, afterMaintenance])
    expect(emitted.map(({ kind }) => kind)).toEqual(['book', 'book', 'book', 'book', 'book'])
    expect(synced).toBe(true)
    expect(asks).toEqual([600_002, 5_000, 600_003, 100])
  })

  const silent = { ...heartbeat, data: [{ ...heartbeat.data[0], prevSeqId: 16, seqId: 16 }] }
  test.each([
    ['a lost update', [snapshot, heartbeat]],
    ['a loss just before the silence', [snapshot, update, silent]],
  ])('%s is a gap', (_name, given) => {
    const { emitted, synced } = steps(given)
    expect(emitted.at(-1)).toMatchObject({ kind: 'gap', reason: 'sequence' })
    expect(synced).toBe(false)
  })
})

describe('malformed', () => {
  const { snapshot, update, trade, mark, index, funding, openInterest, liquidations } = frames
  const row = (frame: { data: readonly object[] }, change: object): object => ({
    ...frame,
    data: [{ ...frame.data[0], ...change }],
  })
  const detail = (change: object): object => {
    const ours = liquidations.data[1]!
    return { ...liquidations, data: [liquidations.data[0], { ...ours, details: [{ ...ours.details[0], ...change }] }] }
  }
  test.each<[string, unknown, string, string]>([
    ['action missing', { ...snapshot, action: undefined }, 'action', 'undefined'],
    ['action unknown', { ...snapshot, action: 'partial' }, 'action', 'partial'],
    ['data missing', { ...snapshot, data: undefined }, 'data', 'undefined'],
    ['data an object', { ...snapshot, data: {} }, 'data', '{}'],
    ['row a list', { ...snapshot, data: [[]] }, 'data', '[]'],
    ['id missing', row(update, { seqId: undefined }), 'seqId', 'undefined'],
    ['id text', row(update, { seqId: '15' }), 'seqId', '15'],
    ['previous id missing', row(update, { prevSeqId: undefined }), 'prevSeqId', 'undefined'],
    ['previous id of a snapshot in an update', row(update, { prevSeqId: -1 }), 'prevSeqId', '-1'],
    ['time a number', row(update, { ts: 1_700_000_000_100 }), 'ts', '1700000000100'],
    ['time negative', row(update, { ts: '-1' }), 'ts', '-1'],
    ['time 1e308', row(update, { ts: '1e308' }), 'ts', '1e308'],
    ['time too long', row(update, { ts: '1700000000100000' }), 'ts', '1700000000100000'],
    ['bids missing', row(update, { bids: undefined }), 'bids', 'undefined'],
    ['price blank', row(update, { bids: [['', '1', '0', '1']] }), 'bids.price', ''],
    ['price negative', row(update, { bids: [['-1', '1', '0', '1']] }), 'bids.price', '-1'],
    ['price with a sign', row(update, { asks: [['+60000.15', '1', '0', '1']] }), 'asks.price', '+60000.15'],
    ['size off the lot', row(update, { asks: [['60000.1', '0.005', '0', '1']] }), 'asks.size', '0.005'],
    ['size missing', row(update, { asks: [['60000.1']] }), 'asks.size', 'undefined'],
    ['trade of another instrument', row(trade, { instId: 'BTC-USD-SWAP' }), 'instId', 'BTC-USD-SWAP'],
    ['trade id a number', row(trade, { tradeId: 5 }), 'tradeId', '5'],
    ['trade price NaN', row(trade, { px: 'NaN' }), 'px', 'NaN'],
    ['trade size zero', row(trade, { sz: '0' }), 'sz', '0'],
    ['trade side', row(trade, { side: 'Buy' }), 'side', 'Buy'],
    ['mark price blank', row(mark, { markPx: '' }), 'markPx', ''],
    ['mark price zero', row(mark, { markPx: '0' }), 'markPx', '0'],
    ['index price negative', row(index, { idxPx: '-1' }), 'idxPx', '-1'],
    ['funding a word', row(funding, { fundingRate: 'x' }), 'fundingRate', 'x'],
    ['funding time a word', row(funding, { fundingTime: 'soon' }), 'fundingTime', 'soon'],
    ['open interest negative', row(openInterest, { oiCcy: '-5' }), 'oiCcy', '-5'],
    [
      'liquidation details an object',
      { ...liquidations, data: [{ instId: 'BTC-USDT-SWAP', details: {} }] },
      'details',
      '{}',
    ],
    ['liquidation side', detail({ side: 'long' }), 'side', 'long'],
    ['liquidation price', detail({ bkPx: '' }), 'bkPx', ''],
    ['liquidation size', detail({ sz: '0.001' }), 'sz', '0.001'],
  ])('%s names field and value', (_name, frame, field, value) => {
    expect(fresh().map(frame, receivedAt)).toEqual({
      ...{ kind: 'malformed', symbol: 'BTC/USDT:USDT', field, value },
      rule: expect.stringMatching(/./),
    })
  })

  test('a list of liquidations that names no instrument is of none', () => {
    const given = { ...liquidations, data: [liquidations.data[1], 7] }
    expect(fresh().map(given, receivedAt)).toEqual({
      kind: 'malformed',
      field: 'data',
      value: '7',
      rule: 'a list of objects',
    })
  })

  test('every field, every hostile value', () => {
    expectHardened(frames, () => fresh().map)
  })

  test('never throws, whatever the JSON', () => {
    expectTotal(frames, () => fresh().map)
  })
})
