import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Forecast } from '../../../src/inference/forecast.ts'
import { outcomeSample } from '../../../src/wiring/backtest/outcome-sample.ts'

const BTC = 'BTC/USDT:USDT'
const ETH = 'ETH/USDT:USDT'

const forecastOf = (meanBps: number): Forecast => ({
  ...{ modelId: 'm', provider: 'cpu', horizonBars: 3, levels: [0.5], quantilesBps: [meanBps], meanBps },
  ...{ classes: [0.2, 0.5, 0.3], volatilityBps: 10, latencyMs: 0 },
})

describe('forecasts beside what came of them', () => {
  test('each is settled by the mid of its horizon, whatever lies between', () => {
    const bars = fc.array(fc.record({ mid: fc.integer({ min: 50, max: 150 }), asked: fc.boolean() }), { maxLength: 60 })
    fc.assert(
      fc.property(bars, fc.integer({ min: 1, max: 9 }), (all, horizonBars) => {
        const sample = outcomeSample({ horizonBarsOf: () => horizonBars, thresholdBpsOf: () => 5 })
        for (const [at, { mid, asked }] of all.entries()) {
          sample.add(BTC, at, mid, asked ? forecastOf(at) : undefined)
          sample.add(ETH, at, 100, undefined)
        }
        const expected = all.flatMap(({ mid, asked }, at) => {
          const then = all[at + horizonBars]
          return asked && then ? [{ symbol: BTC, at, meanBps: at, realisedBps: 1e4 * Math.log(then.mid / mid) }] : []
        })
        const found = sample.outcomes()
        expect(found.map(({ symbol, at, meanBps, realisedBps }) => ({ symbol, at, meanBps, realisedBps }))).toEqual(
          expected,
        )
      }),
      { seed: 7 },
    )
  })

  test('a bar without a price settles nothing', () => {
    const sample = outcomeSample({ horizonBarsOf: () => 1, thresholdBpsOf: () => 5 })
    sample.add(BTC, 0, 100, forecastOf(1))
    sample.add(BTC, 1, Number.NaN, forecastOf(2))
    sample.add(BTC, 2, 100, undefined)
    expect(sample.outcomes()).toEqual([])
  })

  test('of too many every second one is kept', () => {
    const sample = outcomeSample({ horizonBarsOf: () => 1, thresholdBpsOf: () => 5 })
    for (let at = 0; at < 50_000; at += 1) sample.add(BTC, at, 100, forecastOf(at))
    const kept = sample.outcomes().map(({ at }) => at)
    expect(kept.length).toBeGreaterThan(10_000)
    expect(kept.length).toBeLessThanOrEqual(20_000)
    expect(new Set(kept.slice(1).map((at, nth) => at - kept[nth]!))).toEqual(new Set([4]))
  })
})
