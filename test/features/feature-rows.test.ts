import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { converter } from '../../src/core/instrument.ts'
import { featureEngine } from '../../src/features/feature-engine.ts'
import type { FeatureRow } from '../../src/features/feature-row.ts'
import { defaultFeatureSettings, featureSchema } from '../../src/features/feature-schema.ts'
import type { Bar } from '../../src/market/bar.ts'
import { BTCUSDT } from '../market/instruments.ts'
import { barOf } from './bars.ts'

const schema = featureSchema(defaultFeatureSettings(1_000))
const TICK = 0.1

/** Rows of one instrument, one per bar. */
function rowsOf(tickSize = TICK): (bar: Bar) => FeatureRow {
  const instrument = { ...BTCUSDT, tickSize: tickSize.toFixed(1) }
  const engine = featureEngine({ schema, converters: [converter(instrument)], steps: 1 })
  return (bar) => engine.step([bar])[0]!.row
}

function rowOf(bars: readonly Bar[]): { readonly ready: boolean; of(name: string): number } {
  const row = bars.map(rowsOf()).at(-1)!
  return { ready: row.ready, of: (name) => row.values[schema.names.indexOf(name)]! }
}

const plain = Array.from({ length: 8 }, (_, nth) => barOf(nth + 1))

describe('formulas', () => {
  const last = { ofi: [8, 0, 0, 0, 2, 5, 5, 5, 5, 5], bidTicks: 1_010, askTicks: 1_011, buyVolume: 12, sellVolume: 0 }
  const row = rowOf([...plain, barOf(9, last)])
  const rise = 1e4 * Math.log(1_010.5 / 1_000.5)
  test.each<[string, number]>([
    ['ofi_best', 8 / 4],
    ['ofi_best_2', (8 + 4) / 4],
    ['ofi_best_5', (8 + 4 * 4) / 4],
    ['ofi_level_1', 8 / 4],
    ['ofi_level_5', 2 / 4],
    ['ofi_levels', 10 / 20],
    ['trade_imbalance', 1],
    ['trade_imbalance_2', (15 - 1) / 16],
    ['trade_imbalance_5', (24 - 4) / 28],
    ['spread', (1e4 * TICK) / 101.05],
    ['queue_imbalance', -0.5],
    ['depth_imbalance', 0.5],
    ['microprice', (1e4 * (101.025 - 101.05)) / 101.05],
    ['return_1', rise],
    ['return_2', rise],
    ['return_5', rise],
    ['volatility_3', rise / Math.sqrt(3)],
    ['volatility_5', rise / Math.sqrt(5)],
    ['volume_surprise_5', (12 - 5.6) / (12 + 5.6)],
    ['time_of_day_sin', Math.sin((2 * Math.PI * 9) / 86_400)],
    ['time_of_day_cos', Math.cos((2 * Math.PI * 9) / 86_400)],
  ])('%s', (name, expected) => {
    expect(row.of(name)).toBeCloseTo(expected, 4)
  })

  test('quiet bars have neither trade imbalance nor volume surprise', () => {
    const quiet = Array.from({ length: 8 }, (_, nth) => barOf(nth + 1, { buyVolume: 0, sellVolume: 0, tradeCount: 0 }))
    const row = rowOf(quiet)
    expect([row.of('trade_imbalance'), row.of('volume_surprise_5'), row.ready]).toEqual([0, 0, true])
  })

  test('dimensionless: ten times the sizes and prices give the same row, but the ticks', () => {
    const scaled = (bar: Bar): Bar => ({
      ...bar,
      ofi: bar.ofi.map((flow) => 10 * flow),
      buyVolume: 10 * bar.buyVolume,
      sellVolume: 10 * bar.sellVolume,
      bidDepthMean: 10 * bar.bidDepthMean,
      askDepthMean: 10 * bar.askDepthMean,
      bidDepthLevelsMean: 10 * bar.bidDepthLevelsMean,
      askDepthLevelsMean: 10 * bar.askDepthLevelsMean,
      bidSize: 10 * bar.bidSize,
      askSize: 10 * bar.askSize,
    })
    const [one, ten] = [rowsOf(), rowsOf(10 * TICK)]
    for (const bar of plain) {
      const [a, b] = [one(bar), ten(scaled(bar))]
      for (const [at, value] of a.values.entries()) expect(b.values[at]).toBeCloseTo(value, 5)
    }
  })
})

describe('readiness', () => {
  const readyAt = (bars: readonly Bar[]): number[] => {
    const step = rowsOf()
    return bars.flatMap((bar, at) => (step(bar).ready ? [at + 1] : []))
  }

  test('the look-back of five bars needs six of them', () => {
    expect([schema.lookBack, readyAt(plain)]).toEqual([6, [6, 7, 8]])
  })

  test('a tainted bar ends the run; its mid still starts the next return', () => {
    const bars = plain.map((bar, at) => (at === 1 ? { ...bar, taints: ['gap' as const] } : bar))
    expect(readyAt(bars)).toEqual([7, 8])
  })

  test('a bar without a book at its close starts nothing', () => {
    const changes = { taints: ['unsynced' as const], bidTicks: Number.NaN, askTicks: Number.NaN }
    expect(readyAt(plain.map((bar, at) => (at === 1 ? { ...bar, ...changes } : bar)))).toEqual([8])
  })

  test('a hole in time ends the run, behind a tainted bar too', () => {
    expect(readyAt([...plain, barOf(10), barOf(11)])).toEqual([6, 7, 8])
    const tainted = barOf(1, { taints: ['partial'] })
    expect(readyAt([tainted, ...[3, 4, 5, 6, 7, 8].map((nth) => barOf(nth))])).toEqual([7])
  })

  test('a value that is not finite makes the row not ready, and only while it is looked back on', () => {
    expect(readyAt([...plain, barOf(9, { bidDepthLevelsMean: Number.NaN }), barOf(10)])).toEqual([6, 7, 8, 10])
  })

  test('incremental equals from scratch: a row depends on its look-back only', () => {
    const drawn = fc.array(
      fc.record({ mid: fc.integer({ min: 900, max: 1_100 }), flow: fc.integer({ min: -9, max: 9 }), buy: fc.nat(9) }),
      { minLength: 7, maxLength: 30 },
    )
    fc.assert(
      fc.property(drawn, (rows) => {
        const bars = rows.map(({ mid, flow, buy }, nth) =>
          barOf(nth + 1, { bidTicks: mid, askTicks: mid + 1, ofi: [flow, 0, 0, 0, 0], buyVolume: buy }),
        )
        const whole = rowsOf()
        const late = rowsOf()
        const expected = bars.map(whole).at(-1)!
        const got = bars.slice(-6).map(late).at(-1)!
        expect(got).toEqual(expected)
      }),
    )
  })
})
