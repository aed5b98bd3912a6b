import { describe, expect, test } from 'vitest'
import { converter } from '../../../src/core/instrument.ts'
import type { MarketEvent } from '../../../src/core/market-event.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import type { FrameMapper } from '../../../src/market/frame-mapper.ts'
import { sequencer } from '../../../src/market/sequencer.ts'
import { binanceFrameMapper } from '../../../src/market/venues/binance.ts'
import usdm from '../../fixtures/binance/frames.json' with { type: 'json' }
import frames from '../../fixtures/venues/binance.json' with { type: 'json' }
import { BTCUSD_PERP, BTCUSDT } from '../instruments.ts'
import { expectHardened, expectTotal } from './hostile-frames.ts'

const DELIVERY = { ...BTCUSD_PERP, symbol: 'BTC/USD:BTC-240628', venueSymbol: 'BTCUSD_240628' }
const converters = new Map(
  [BTCUSDT, BTCUSD_PERP, DELIVERY].map((instrument) => [instrument.venueSymbol, converter(instrument)]),
)
const fresh = (): FrameMapper => binanceFrameMapper(converters)
const receivedAt = 1_700_000_000_999.5 as EpochMs
const stamp = (exchangeTime: number, symbol = 'BTC/USD:BTC'): object => ({ symbol, exchangeTime, receivedAt })

describe('each kind of COIN-M, in contracts', () => {
  test.each<[keyof typeof frames, object]>([
    [
      'depth',
      {
        ...{ ...stamp(1_700_000_000_100), kind: 'book', type: 'delta', firstId: 101, lastId: 110, prevId: 98 },
        ...{ bids: [600_001, 15, 599_990, 0], asks: [600_002, 2] },
      },
    ],
    [
      'snapshot',
      {
        ...{ ...stamp(1_700_000_000_099), kind: 'book', type: 'snapshot', firstId: 105, lastId: 105, prevId: 105 },
        ...{ bids: [600_001, 10], asks: [600_002, 5] },
      },
    ],
    [
      'aggTrade', // Six of the ten against retail price improvement orders: all ten were traded.
      { ...stamp(1_700_000_000_200), kind: 'trade', tradeId: 7, prevTradeId: 6, price: 600_002, size: 10, side: 'buy' },
    ],
    [
      'quote',
      {
        ...{ ...stamp(1_700_000_000_400), kind: 'quote', updateId: 111 },
        ...{ bidTicks: 600_001, bidLots: 15, askTicks: 600_002, askLots: 2 },
      },
    ],
    [
      'mark',
      {
        ...{ ...stamp(1_700_000_001_000), kind: 'mark', markPrice: 60_001.12345678, indexPrice: Number.NaN },
        ...{ fundingRate: -0.0001, nextFundingAt: 1_700_006_400_000 },
      },
    ],
    [
      'delivery', // Never funded.
      {
        ...{
          ...stamp(1_700_000_001_000, DELIVERY.symbol),
          kind: 'mark',
          markPrice: 60_001.12345678,
          indexPrice: 59_999.8,
        },
        ...{ fundingRate: Number.NaN, nextFundingAt: Number.NaN },
      },
    ],
    ['liquidation', { ...stamp(1_700_000_000_499), kind: 'liquidation', side: 'buy', price: 601_000, size: 3 }],
  ])('%s', (name, event) => {
    expect(fresh().map(frames[name], receivedAt)).toEqual({ kind: 'event', event })
  })

  test('the reply of REST names its symbol, whatever was asked', () => {
    expect(fresh().map(frames.snapshot, receivedAt, 'BTCUSDT')).toMatchObject({ event: { symbol: 'BTC/USD:BTC' } })
  })

  test.each(['partialDepth', 'rpiDepth'] as const)('%s is another book: ignored', (name) => {
    expect(fresh().map(frames[name], receivedAt)).toEqual({ kind: 'ignored' })
  })

  test('what is no trade is excluded', () => {
    expect(fresh().map(frames.noTrade, receivedAt)).toEqual({ kind: 'excluded', symbol: 'BTC/USD:BTC', type: 'NA' })
  })
})

describe('the index price of a pair', () => {
  const both = {
    markPrice: 60_001.12345678,
    indexPrice: 59_999.87654321,
    fundingRate: -0.0001,
    nextFundingAt: 1_700_006_400_000,
  }
  const index = { ...stamp(1_700_000_001_001), kind: 'mark' }

  test('is merged into the mark of its perpetual, in either order', () => {
    const mapper = fresh()
    mapper.map(frames.mark, receivedAt)
    expect(mapper.map(frames.index, receivedAt)).toEqual({ kind: 'event', event: { ...index, ...both } })
    const other = fresh()
    const alone = {
      markPrice: Number.NaN,
      fundingRate: Number.NaN,
      nextFundingAt: Number.NaN,
      indexPrice: both.indexPrice,
    }
    expect(other.map(frames.index, receivedAt)).toEqual({ kind: 'event', event: { ...index, ...alone } })
    expect(other.map(frames.mark, receivedAt)).toMatchObject({ event: both })
  })

  test('is forgotten by a reset', () => {
    const mapper = fresh()
    mapper.map(frames.index, receivedAt)
    mapper.reset('BTC/USD:BTC')
    expect(mapper.map(frames.mark, receivedAt)).toMatchObject({ event: { indexPrice: Number.NaN } })
  })

  test('of another pair is ignored; a bad one is malformed', () => {
    const { data } = frames.index
    expect(fresh().map({ ...data, i: 'ETHUSD' }, receivedAt)).toEqual({ kind: 'ignored' })
    expect(fresh().map({ ...data, i: undefined }, receivedAt)).toEqual({ kind: 'ignored' })
    expect(fresh().map({ ...data, p: '0' }, receivedAt)).toMatchObject({ kind: 'malformed', field: 'p', value: '0' })
    expect(fresh().map({ ...data, E: undefined }, receivedAt)).toMatchObject({ kind: 'malformed', field: 'E' })
  })
})

describe('ids of trades', () => {
  const at = (t: number, change: object = {}): object => ({
    ...usdm.trade.data,
    t,
    T: 1_700_000_000_000 + t,
    ...change,
  })
  const step = (given: readonly object[], mapper = fresh()): MarketEvent[] => {
    const own = sequencer()
    const emitted: MarketEvent[] = []
    for (const frame of given) {
      const outcome = mapper.map(frame, receivedAt)
      if (outcome.kind === 'event') own.step(outcome.event, (event) => emitted.push(event))
    }
    return emitted
  }

  test('trades that are left out leave no hole', () => {
    const fund = { X: 'INSURANCE_FUND' }
    const emitted = step([at(1), at(2, fund), at(3, fund), at(4), at(5), at(6, { X: 'ADL' }), at(7)])
    expect(emitted).toMatchObject([
      { tradeId: 1 },
      { tradeId: 4, prevTradeId: 1 },
      { tradeId: 5, prevTradeId: 4 },
      { tradeId: 7 },
    ])
  })

  test('a lost trade is a gap, whether it would have been left out or not', () => {
    expect(step([at(1), at(3)]).map(({ kind }) => kind)).toEqual(['trade', 'gap', 'trade'])
    expect(step([at(1), at(3, { X: 'ADL' }), at(4)])).toMatchObject([
      { tradeId: 1 },
      { kind: 'gap', reason: 'trades' },
      { tradeId: 4 },
    ])
  })

  test('a reset forgets what was left out', () => {
    const mapper = fresh()
    mapper.map(at(2, { X: 'ADL' }), receivedAt)
    mapper.reset('BTC/USDT:USDT')
    expect(mapper.map(at(3), receivedAt)).toMatchObject({ event: { prevTradeId: 2 } })
  })
})

describe.each([
  ['COIN-M', frames],
  ['USD-M', usdm],
])('%s', (_name, given) => {
  test('every field, every hostile value', () => {
    expectHardened(given, () => fresh().map)
  })

  test('never throws, whatever the JSON', () => {
    expectTotal(given, () => fresh().map)
  })
})
