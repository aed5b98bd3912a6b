import { describe, expect, test } from 'vitest'
import { parseControl } from '../../../src/adapters/tape/tape-control.ts'
import type { TapeFrame } from '../../../src/adapters/tape/tape-frame.ts'
import { converter } from '../../../src/core/instrument.ts'
import { binanceMarketOf } from '../../../src/wiring/tape/binance-by-shape.ts'
import { medianSketch } from '../../../src/wiring/tape/median-sketch.ts'
import { tapeMapper } from '../../../src/wiring/tape/tape-mapper.ts'
import { BTCUSDT, ETHUSDT } from '../../market/instruments.ts'
import { at, delta, gap, type Line, overflow, SYMBOL, session, trade } from './sample-tape.ts'

const both = new Map([BTCUSDT, ETHUSDT].map((one) => [one.venueSymbol, converter(one)]))
const line = ([ms, json]: Line): TapeFrame =>
  json.startsWith('{"stream":"tickwright@')
    ? { receivedAt: at(ms), frame: undefined, line: 1, control: parseControl(json) }
    : { receivedAt: at(ms), frame: JSON.parse(json), line: 1 }

describe('tapeMapper', () => {
  test('frames go to the mapper of the venue, control lines become what they say', () => {
    const { map } = tapeMapper('binanceusdm', both)
    expect(map(line(trade(1, 1)))).toMatchObject({ kind: 'event', event: { kind: 'trade', tradeId: 1 } })
    expect(map(line(gap(2)))).toMatchObject({
      kind: 'event',
      event: { kind: 'gap', symbol: SYMBOL, reason: 'disconnect' },
    })
    expect(map(line(session()))).toEqual({ kind: 'ignored' })
  })

  test('dropped lines are a gap of every instrument', () => {
    expect(tapeMapper('binanceusdm', both).map(line(overflow(5)))).toMatchObject({
      kind: 'events',
      events: [
        { kind: 'gap', symbol: 'BTC/USDT:USDT', reason: 'overflow', detail: 'the recorder dropped 2 lines' },
        { kind: 'gap', symbol: 'ETH/USDT:USDT', reason: 'overflow' },
      ],
    })
  })

  test.each(['bybit', 'okx', 'bitget', 'bingx', 'hyperliquid', 'binancecoinm', 'binance', undefined])(
    '%s has a mapper',
    (venueId) => expect(tapeMapper(venueId, both).map(line([1, '{"nothing":"ours"}'])).kind).toBe('ignored'),
  )

  test('spot frames: the update before is one less, the time that of the event, a quote has none', () => {
    const { map } = tapeMapper(undefined, both)
    const spot = { e: 'depthUpdate', E: at(7), s: 'BTCUSDT', U: 11, u: 12, b: [['100.0', '1.000']], a: [] }
    const frame = JSON.stringify({ stream: 'btcusdt@depth@100ms', data: spot })
    expect(map(line([9, frame]))).toMatchObject({ event: { firstId: 11, lastId: 12, prevId: 10, exchangeTime: at(7) } })
    const quote = { u: 12, s: 'BTCUSDT', b: '100.0', B: '1.000', a: '100.2', A: '2.000' }
    expect(map(line([9, JSON.stringify({ stream: 'btcusdt@bookTicker', data: quote })]))).toMatchObject({
      event: { kind: 'quote', updateId: 12, exchangeTime: at(9) },
    })
    expect(map(line(delta(3, 5, 4, '1.000')))).toMatchObject({ event: { prevId: 4 } })
  })

  test.each([
    [{ e: 'depthUpdate', s: 'BTCUSDT', pu: 1 }, 'binanceusdm'],
    [{ data: { e: 'depthUpdate', s: 'BTCUSD_PERP', pu: 1 } }, 'binancecoinm'],
    [{ e: 'depthUpdate', s: 'BTCUSDT' }, 'binance'],
    [{ e: 'trade', s: 'BTCUSDT', X: 'MARKET' }, 'binanceusdm'],
    [{ e: 'trade', s: 'BTCUSDT' }, 'binance'],
    [{ e: 'bookTicker', s: 'BTCUSDT' }, undefined],
    [null, undefined],
  ])('%j is of %s', (frame, market) => expect(binanceMarketOf(frame)).toBe(market))
})

test('medianSketch: exact for few values, near for many, bounded', () => {
  const few = medianSketch()
  expect(few.median()).toBeNaN()
  for (const value of [5, 1, 4]) few.add(value)
  expect(few.median()).toBe(4)
  few.add(2)
  expect(few.median()).toBe(3)
  const many = medianSketch()
  for (let nth = 0; nth < 500_000; nth += 1) many.add(nth)
  expect(Math.abs(many.median() / 250_000 - 1)).toBeLessThan(0.001)
})
