import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { converter } from '../../../src/core/instrument.ts'
import { epochMs } from '../../../src/core/units.ts'
import type { Bar } from '../../../src/market/bar.ts'
import { candleBar } from '../../../src/market/candles/candle-bar.ts'
import { candleTimeframes } from '../../../src/market/candles/candle-timeframes.ts'
import { resample } from '../../../src/market/candles/resample.ts'
import { demoMarkets } from '../../../src/simulation/exchange/demo-markets.ts'
import { allCandles } from '../../support/all-candles.ts'
import { MINUTE_MS, madeCandles, START_AT } from '../../wiring/backtest/support/candles.ts'

const { instrument } = demoMarkets(0.5)[0]!
const SETTINGS = { converter: converter(instrument), barMs: MINUTE_MS, halfSpreadBps: 0.5 }
const series = madeCandles({ seed: 3, count: 120, symbol: instrument.symbol })
const known = { markPrice: 1, fundingRate: 2, isFilled: false }
const minutes = series.candles.map((candle) => candleBar(candle, SETTINGS, known))
const frames = (...lengths: readonly number[]) =>
  candleTimeframes(
    MINUTE_MS,
    lengths.map((minute) => minute * MINUTE_MS),
  )
const through = (bars: readonly Bar[], ...lengths: readonly number[]): readonly Bar[] => {
  const made = frames(...lengths)
  return bars.flatMap((bar) => made.step(bar))
}

describe('bars of longer timeframes out of candles', () => {
  test.each([2, 5, 15, 60])('%i minutes: as the candles of that timeframe', (minute) => {
    const whole = resample(series, minute * MINUTE_MS)
    const closed = through(minutes, minute)
    expect(closed.length).toBe(whole.candles.length)
    for (const [at, candle] of allCandles(whole.candles).entries()) {
      const { open, high, low, close, startAt, volume } = candle
      const bar = closed[at]!
      expect(bar).toMatchObject({ open, high, low, close, startAt, endAt: startAt + minute * MINUTE_MS, taints: [] })
      expect(bar.buyVolume + bar.sellVolume).toBeCloseTo(volume, 9)
      // Quotes and marks are those at the close.
      const last = minutes[(at + 1) * minute - 1]!
      for (const key of ['bidTicks', 'askTicks', 'markPrice', 'fundingRate'] as const) expect(bar[key]).toBe(last[key])
      expect(bar.weighedMs).toBe(minute * MINUTE_MS)
    }
  })

  test('several at once, the shortest first', () => {
    const ends = through(minutes.slice(0, 30), 30, 15).map(({ startAt, endAt }) => (endAt - startAt) / MINUTE_MS)
    expect(ends).toEqual([15, 15, 30])
  })

  test('saved at any bar, through JSON into a new one: every later bar has the same bits', () => {
    const all = through(minutes, 5, 15)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: minutes.length }), (cut) => {
        const before = frames(5, 15)
        const first = minutes.slice(0, cut).flatMap((bar) => before.step(bar))
        const after = frames(5, 15)
        after.restore(JSON.parse(JSON.stringify(before.save())))
        expect([...first, ...minutes.slice(cut).flatMap((bar) => after.step(bar))]).toEqual(all)
      }),
      { numRuns: 30 },
    )
  })

  test('a state of another timeframe is refused', () => {
    expect(() => frames(15).restore(frames(5).save())).toThrow(
      'the saved timeframe was 300000 ms; it must be 900000 ms',
    )
    expect(() => frames(5).restore([{}])).toThrow('cannot be restored')
  })

  test('begun in the middle: partial', () => {
    expect(through(minutes.slice(1), 5).map(({ taints }) => taints)[0]).toEqual(['partial'])
    expect(through(minutes.slice(5), 5).map(({ taints }) => taints)[0]).toEqual([])
  })

  test('a bar of the base is missing inside: gap', () => {
    const closed = through([...minutes.slice(0, 7), ...minutes.slice(8, 15)], 5)
    expect(closed.map(({ taints }) => taints)).toEqual([[], ['gap'], []])
  })

  test('the end was not seen: gap, without quotes, and what follows begins anew', () => {
    const closed = through([...minutes.slice(0, 4), ...minutes.slice(6, 15)], 5)
    expect(closed.map(({ taints }) => taints)).toEqual([['gap', 'unsynced'], ['gap'], []])
    expect([closed[0]!.bidTicks, closed[0]!.markPrice, closed[0]!.close]).toEqual([
      Number.NaN,
      Number.NaN,
      minutes[3]!.close,
    ])
    expect(closed[0]!.endAt).toBe(START_AT + 5 * MINUTE_MS)
  })

  test('a tainted base bar taints', () => {
    const filled = minutes.map((bar, at): Bar => (at === 6 ? { ...bar, taints: ['gap'] } : bar))
    expect(through(filled.slice(0, 15), 5).map(({ taints }) => taints)).toEqual([[], ['gap'], []])
  })

  test('bars without volume say nothing of the range, but where none has any', () => {
    const quiet = (close: number, at: number): Bar => ({
      ...minutes[0]!,
      ...{ startAt: epochMs(START_AT + at * MINUTE_MS), endAt: epochMs(START_AT + (at + 1) * MINUTE_MS) },
      ...{ open: close, high: close, low: close, close, buyVolume: 0, sellVolume: 0 },
    })
    const [open, high, low, close] = [10, 12, 9, 11]
    const traded: Bar = { ...quiet(0, 1), open, high, low, close, buyVolume: 1, sellVolume: 0 }
    expect(through([quiet(99, 0), traded], 2)[0]).toMatchObject({ open, high, low, close })
    expect(through([quiet(99, 0), quiet(98, 1)], 2)[0]).toMatchObject({ open: 98, high: 98, low: 98, close: 98 })
  })
})
