import { describe, expect, test } from 'vitest'
import { drawdownChart, equityChart, marksEach, priceCharts } from '../../../src/report/backtest/curve-charts.ts'
import { pathOf } from '../../../src/report/metrics/equity-path.ts'
import { START, sampleRecord } from './sample-record.ts'

const record = sampleRecord({ bars: 50_000, barMs: 60_000 })
const beside = { label: 'held', ...pathOf(record) }

describe('equityChart', () => {
  test('begins with the opening balance and keeps the extremes', () => {
    const { at, curves } = equityChart(record, beside, null)
    const values = curves[0]!.values
    expect([at[0], values[0]]).toEqual([START / 1e3, 10_000])
    const all = Array.from(record.equity.equity, (each) => Number(each.toPrecision(7)))
    expect([Math.min(...values), Math.max(...values)]).toEqual([Math.min(10_000, ...all), Math.max(10_000, ...all)])
    expect(values.length).toBeLessThan(5_000)
  })

  test('the band is straight between its readings, and level outside', () => {
    const [from, to] = [START + 600_000, START + 1_200_000]
    const short = sampleRecord({ bars: 30, barMs: 60_000 })
    const band = { label: 'b', at: [from, to], low: [100, 200], high: [300, 300] }
    const { at, band: drawn } = equityChart(short, { label: 'held', ...pathOf(short) }, band)
    const lowAt = (ms: number) => drawn!.low[at.indexOf(ms / 1e3)]
    expect([START, from, from + 300_000, to, to + 60_000].map(lowAt)).toEqual([100, 100, 150, 200, 200])
    expect(drawn!.low.length).toBe(at.length)
  })
})

test('drawdown is the fraction below the highest equity so far, the opening balance included', () => {
  const equity = Float64Array.of(9_000, 12_000, 6_000, 12_000)
  const at = Float64Array.from([1, 2, 3, 4], (bar) => START + bar * 60_000)
  const short = { ...sampleRecord({ bars: 4, barMs: 60_000 }), equity: { at, equity, exposure: new Float64Array(4) } }
  expect(drawdownChart(short).curves[0]!.values).toEqual([0, -0.1, 0, -0.5, 0])
})

describe('priceCharts', () => {
  test('each symbol with its own trades: entries by side, exits by result', () => {
    const [btc, eth] = priceCharts(record)
    const own = record.trips.filter(({ symbol }) => symbol === 'BTC/USDT:USDT')
    expect(btc!.marks!.at).toHaveLength(2 * own.length)
    expect(btc!.marks!.kinds).toHaveLength(2 * own.length)
    expect(btc!.marks!.at).toEqual([...btc!.marks!.at].sort((a, b) => a - b))
    const first = own[0]!
    const begins = `${first.side === 'buy' ? 'b' : 's'}${first.netPnl >= 0 ? 'w' : 'l'}`
    expect(btc!.marks!.kinds.slice(0, 2)).toBe(begins)
    expect([btc!.id, eth!.id]).toEqual(['price-0', 'price-1'])
  })

  test('marks are bounded: too many trades and every so many-th is marked', () => {
    const many = sampleRecord({ bars: 62_000, barMs: 60_000, tradeEach: 10, symbols: ['A/B:B'] })
    expect(many.trips.length).toBeGreaterThan(6_000)
    expect(marksEach(many, many.prices[0]!)).toBe(2)
    expect(priceCharts(many)[0]!.marks!.at.length).toBeLessThanOrEqual(12_000)
    expect(marksEach(record, record.prices[0]!)).toBe(1)
  })

  test('at most twelve symbols', () => {
    const symbols = Array.from({ length: 14 }, (_, index) => `S${index}/U:U`)
    expect(priceCharts(sampleRecord({ bars: 300, barMs: 60_000, symbols }))).toHaveLength(12)
  })
})
