import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CANDLES_MAX, candleSeries, KLINE_INTERVALS } from '../../../src/simulation/binance/klines.ts'

const MINUTE = 60_000

describe('candleSeries', () => {
  test('property: each candle equals a search of the trades inside it, quiet ones repeat the close', () => {
    const trades = fc.array(
      fc.record({
        gap: fc.integer({ min: 0, max: 150_000 }),
        price: fc.integer({ min: 1, max: 99 }),
        size: fc.integer({ min: 1, max: 9 }),
        isBuy: fc.boolean(),
      }),
      { minLength: 1, maxLength: 60 },
    )
    fc.assert(
      fc.property(trades, (rows) => {
        const series = candleSeries(MINUTE)
        let at = 1_795_219_200_000
        const placed = rows.map((row, index) => {
          at += row.gap
          series.trade(at, row.price, row.size, row.isBuy ? 'buy' : 'sell', index + 1)
          return { ...row, at }
        })
        let close = placed[0]!.price
        for (const candle of series.candles) {
          const inside = placed.filter((t) => t.at >= candle.startAt && t.at < candle.startAt + MINUTE)
          const prices = inside.map((t) => t.price)
          expect(candle).toMatchObject({
            open: prices[0] ?? close,
            high: Math.max(...(prices.length > 0 ? prices : [close])),
            low: Math.min(...(prices.length > 0 ? prices : [close])),
            close: prices.at(-1) ?? close,
            volume: inside.reduce((sum, t) => sum + t.size, 0),
            buyVolume: inside.reduce((sum, t) => sum + (t.isBuy ? t.size : 0), 0),
            quote: inside.reduce((sum, t) => sum + BigInt(t.price * t.size), 0n),
            tradeCount: inside.length,
          })
          close = candle.close
        }
        expect(series.candles.reduce((sum, candle) => sum + candle.tradeCount, 0)).toBe(rows.length)
      }),
    )
  })

  test('weeks begin on Monday', () => {
    const series = candleSeries(KLINE_INTERVALS.get('1w')!)
    series.trade(Date.UTC(2026, 10, 21), 1, 1, 'buy', 1)
    expect(series.candles[0]!.startAt).toBe(Date.UTC(2026, 10, 16))
  })

  test('a year of sleep makes no more candles than are kept', () => {
    const series = candleSeries(MINUTE)
    series.trade(0, 1, 1, 'buy', 1)
    series.advance(365 * 86_400_000)
    expect(series.candles).toHaveLength(CANDLES_MAX)
    expect(series.candles.at(-1)!.startAt).toBe(365 * 86_400_000)
  })
})
