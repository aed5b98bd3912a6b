import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { converter } from '../../../src/core/instrument.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import type { FrameOutcome } from '../../../src/market/frame-mapper.ts'
import { binanceFrameMapper } from '../../../src/market/venues/binance.ts'
import frames from '../../fixtures/binance/frames.json' with { type: 'json' }
import { BTCUSDT } from '../instruments.ts'

const receivedAt = 1_700_000_000_999.5 as EpochMs
const { map } = binanceFrameMapper(new Map([['BTCUSDT', converter(BTCUSDT)]]))
const mapped = (frame: unknown): FrameOutcome => map(frame, receivedAt, 'BTCUSDT')
const stamp = (exchangeTime: number): object => ({ symbol: 'BTC/USDT:USDT', exchangeTime, receivedAt })

describe('each kind', () => {
  test.each<[keyof typeof frames, object]>([
    [
      'depth',
      {
        ...stamp(1_700_000_000_100),
        kind: 'book',
        type: 'delta',
        firstId: 101,
        lastId: 110,
        prevId: 98,
        bids: [600_001, 1_500, 599_990, 0],
        asks: [600_002, 20],
      },
    ],
    [
      'snapshot',
      {
        ...stamp(1_700_000_000_099),
        kind: 'book',
        type: 'snapshot',
        firstId: 105,
        lastId: 105,
        prevId: 105,
        bids: [600_001, 1_000, 600_000, 2_000],
        asks: [600_002, 500],
      },
    ],
    [
      'aggTrade',
      { ...stamp(1_700_000_000_200), kind: 'trade', tradeId: 7, prevTradeId: 6, price: 600_002, size: 10, side: 'buy' },
    ],
    [
      'trade',
      {
        ...stamp(1_700_000_000_300),
        kind: 'trade',
        tradeId: 73,
        prevTradeId: 72,
        price: 600_001,
        size: 3,
        side: 'sell',
      },
    ],
    [
      'quote',
      {
        ...stamp(1_700_000_000_400),
        kind: 'quote',
        updateId: 111,
        bidTicks: 600_001,
        bidLots: 1_500,
        askTicks: 600_002,
        askLots: 20,
      },
    ],
    [
      'mark',
      {
        ...stamp(1_700_000_001_000),
        kind: 'mark',
        markPrice: 60_001.12345678,
        indexPrice: 59_999.87654321,
        fundingRate: -0.0001,
        nextFundingAt: 1_700_006_400_000,
      },
    ],
    ['liquidation', { ...stamp(1_700_000_000_499), kind: 'liquidation', side: 'sell', price: 599_000, size: 14 }],
  ])('%s', (name, event) => {
    expect(mapped(frames[name])).toEqual({ kind: 'event', event })
  })

  test('a bare frame means the same as a combined one', () => {
    expect(mapped(frames.depth.data)).toEqual(mapped(frames.depth))
  })

  test('a trade of the insurance fund is excluded, whatever its price', () => {
    expect(mapped(frames.fundTrade)).toEqual({ kind: 'excluded', symbol: 'BTC/USDT:USDT', type: 'INSURANCE_FUND' })
  })

  test.each(['ack', 'kline'] as const)('%s is ignored', (name) => {
    expect(mapped(frames[name])).toEqual({ kind: 'ignored' })
  })

  test.each([
    { b: '0.00', B: '0.000' },
    { a: '0.00', A: '0.000' },
    { b: '0', B: '0', a: '0', A: '0' },
  ])('a quote of an empty side is ignored: %o', (side) => {
    expect(mapped({ ...frames.quote.data, ...side })).toEqual({ kind: 'ignored' })
  })

  test('a REST book without a known symbol is ignored', () => {
    expect(map(frames.snapshot, receivedAt)).toEqual({ kind: 'ignored' })
    expect(map(frames.snapshot, receivedAt, 'DOGEUSDT')).toEqual({ kind: 'ignored' })
  })

  test('frames of an instrument that we do not follow are ignored', () => {
    expect(mapped({ ...frames.aggTrade, s: 'DOGEUSDT' })).toEqual({ kind: 'ignored' })
  })
})

describe('malformed', () => {
  const depth = frames.depth.data
  test.each<[string, object, string, string]>([
    ['price with a sign', { ...depth, b: [['+60000.15', '1']] }, 'b.price', '+60000.15'],
    [
      'price of 25 characters',
      { ...depth, b: [[`60000.${'1'.repeat(19)}`, '1']] },
      'b.price',
      `60000.${'1'.repeat(19)}`,
    ],
    ['negative price', { ...depth, a: [['-1.0', '1']] }, 'a.price', '-1.0'],
    ['price zero', { ...depth, a: [['0.0', '1']] }, 'a.price', '0.0'],
    ['price 1e308', { ...depth, b: [['1e308', '1']] }, 'b.price', '1e308'],
    ['price as a number', { ...depth, b: [[60_000.1, '1']] }, 'b.price', '60000.1'],
    ['size NaN', { ...depth, b: [['60000.1', 'NaN']] }, 'b.size', 'NaN'],
    ['size off the lot', { ...depth, b: [['60000.1', '0.0005']] }, 'b.size', '0.0005'],
    ['size missing', { ...depth, b: [['60000.1']] }, 'b.size', 'undefined'],
    ['level no pair', { ...depth, b: [7] }, 'b', '7'],
    ['sides missing', { ...depth, b: undefined }, 'b', 'undefined'],
    ['pu missing', { ...depth, pu: undefined }, 'pu', 'undefined'],
    ['id a fraction', { ...depth, u: 1.5 }, 'u', '1.5'],
    ['time 1e308', { ...depth, T: 1e308 }, 'T', '1e+308'],
    ['symbol missing', { ...depth, s: undefined }, 's', 'undefined'],
    ['trade size zero', { ...frames.aggTrade, q: '0.000' }, 'q', '0.000'],
    ['trade price off the tick', { ...frames.aggTrade, p: '60000.25' }, 'p', '60000.25'],
    ['maker flag missing', { ...frames.aggTrade, m: undefined }, 'm', 'undefined'],
    ['quote price zero with a size', { ...frames.quote.data, b: '0.0', B: '1.000' }, 'b', '0.0'],
    ['quote price empty', { ...frames.quote.data, a: '' }, 'a', ''],
    ['mark price zero', { ...frames.mark.data, p: '0' }, 'p', '0'],
    ['funding a word', { ...frames.mark.data, r: 'x' }, 'r', 'x'],
    ['liquidation side', { e: 'forceOrder', o: { ...frames.liquidation.data.o, S: 'HOLD' } }, 'o.S', 'HOLD'],
    ['snapshot id negative', { ...frames.snapshot, lastUpdateId: -1 }, 'lastUpdateId', '-1'],
  ])('%s names field and value', (_name, frame, field, value) => {
    expect(mapped(frame)).toMatchObject({ kind: 'malformed', field, value, rule: expect.stringMatching(/./) })
  })

  test('never throws, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (frame) => {
        expect(['event', 'excluded', 'malformed', 'ignored']).toContain(mapped(frame).kind)
      }),
    )
  })

  test('never throws nor lets a bad number through when any field of a real frame is replaced', () => {
    const kinds = Object.values(frames)
    const pick = fc.tuple(fc.integer({ min: 0, max: kinds.length - 1 }), fc.nat(20), fc.jsonValue())
    fc.assert(
      fc.property(pick, ([at, key, value]) => {
        const frame = structuredClone(kinds[at]) as Record<string, unknown>
        const data = (frame['data'] ?? frame) as Record<string, unknown>
        const keys = Object.keys(data)
        data[keys[key % keys.length]!] = value
        const outcome = mapped(frame)
        if (outcome.kind !== 'event') return
        const { event } = outcome
        expect(Number.isFinite(event.exchangeTime)).toBe(true)
        if (event.kind === 'book') expect([...event.bids, ...event.asks].every(Number.isFinite)).toBe(true)
        if (event.kind === 'trade') expect(event.price > 0 && event.size > 0).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
