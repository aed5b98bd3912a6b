import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { epochMs } from '../../../src/core/units.ts'
import { backtestMetrics } from '../../../src/report/metrics/backtest-metrics.ts'
import { VECTORS } from './support/fixture.ts'
import { compound, DAY_MS, HOUR_MS, MONDAY, NO_COSTS, recordOf, tripOf } from './support/record.ts'

const OPTIONS = { seed: 1, resamples: 100, trials: 40, trialSharpeVariance: 0.3 }

describe.each(Object.entries(VECTORS.runs))('scipy agrees on significance: %s', (_name, run) => {
  const { significance } = backtestMetrics(recordOf(run.equity, run.barMs), OPTIONS)
  test.each([
    'probabilisticSharpe',
    'deflatedSharpe',
    'hurdleSharpe',
    'minTrackRecordReturns',
    'skewness',
    'kurtosis',
  ] as const)('%s', (key) => {
    // The normal law of src/model is good to 1.2e-7.
    expect(significance[key]).toEqual({ value: expect.closeTo(run.expected[key]!, 3) as number })
    const { value } = significance[key] as { value: number }
    expect(value / run.expected[key]!).toBeCloseTo(1, 5)
  })

  test('the track record in days', () => {
    const days = (significance.minTrackRecordDays as { value: number }).value
    expect((days * run.periodsPerYear) / 365 / run.expected['minTrackRecordReturns']!).toBeCloseTo(1, 5)
  })
})

/** Every leaf of what JSON makes of it. */
function leaves(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value]
}

test('JSON holds no NaN and no infinity, whatever the run was, and the same run gives the same bytes', () => {
  const equity = fc.array(fc.oneof(fc.double({ min: -50, max: 1e9, noNaN: true }), fc.constant(1_000)), {
    maxLength: 90,
  })
  const nets = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 60 })
  const barMs = fc.constantFrom(60_000, HOUR_MS, DAY_MS)
  fc.assert(
    fc.property(equity, nets, barMs, (readings, profits, bar) => {
      const record = recordOf([1_000, ...readings], bar, {
        trips: profits.map((net) => tripOf(net)),
        prices: [
          { symbol: 'BTC/USDT:USDT', at: Float64Array.of(MONDAY + bar), close: Float64Array.of(100) },
          { symbol: 'BTC/USD:BTC', at: new Float64Array(), close: new Float64Array() },
        ],
      })
      const made = backtestMetrics(record, OPTIONS)
      for (const leaf of leaves(made)) if (typeof leaf === 'number') expect(leaf).toSatisfy(Number.isFinite)
      expect(JSON.parse(JSON.stringify(made))).toEqual(made)
      expect(JSON.stringify(backtestMetrics(record, OPTIONS))).toBe(JSON.stringify(made))
    }),
    { numRuns: 30 },
  )
})

test('a run of nothing says so', () => {
  const made = backtestMetrics(recordOf([1_000], HOUR_MS), OPTIONS)
  expect(made.performance.totalReturn).toEqual({ value: 0 })
  expect(made.performance.sharpe).toEqual({ notEnough: '0 returns other than 0; at least 30' })
  expect(made.bootstrap).toEqual({ notEnough: '0 returns other than 0; at least 30' })
  expect(made.activity.timeInMarket).toEqual({ notEnough: '0 readings of equity; at least 1' })
  expect(made.trades.winRate).toEqual({ notEnough: '0 trades; at least 30' })
})

const RISING = compound(Array.from({ length: 100 }, (_, i) => (i % 3 === 0 ? -0.01 : 0.012)))

test('doing nothing earns 0 and has no ratio; the run, buy-and-hold and flat stand side by side', () => {
  const record = recordOf(RISING, DAY_MS, {
    prices: [
      {
        symbol: 'BTC/USDT:USDT',
        at: Float64Array.of(MONDAY + DAY_MS, MONDAY + 100 * DAY_MS),
        close: Float64Array.of(100, 150),
      },
    ],
  })
  const made = backtestMetrics(record, { ...OPTIONS, benchmarkFeeRate: 0 })
  expect(made.flat).toMatchObject({ totalReturn: { value: 0 }, maxDrawdown: { value: 0 }, cagr: { value: 0 } })
  expect(made.flat.sharpe).toHaveProperty('notEnough')
  expect(made.buyAndHold.totalReturn).toEqual({ value: expect.closeTo(0.5, 12) as number })
  expect(made.buyAndHold.curve.equity.at(-1)).toBeCloseTo(1_500, 9)
  expect(made.annualisation).toEqual({ period: 'day', periodsPerYear: 365, days: 100, returns: 100 })
})

describe('activity and costs', () => {
  const record = recordOf([100, 100, 50, 200, 0], 15 * DAY_MS, {
    costs: { ...NO_COSTS, makerFees: 1, takerFees: 2, liquidationFees: 4, turnover: 700 },
  })
  record.equity.exposure.set([50, 100, 0, 9])

  test('exposure over equity while there is any; time in the market; turnover in mean equities a year', () => {
    const { activity, costs } = backtestMetrics(record, OPTIONS)
    expect(activity.meanExposure).toEqual({ value: (0.5 + 2 + 0) / 3 })
    expect(activity.timeInMarket).toEqual({ value: 0.75 })
    expect(activity.turnoverPerYear).toEqual({ value: expect.closeTo((700 / 87.5) * (365 / 60), 12) as number })
    expect(costs.fees).toBe(7)
  })
})

test('trips by instrument', () => {
  const price = (symbol: string) => ({ symbol, at: new Float64Array(), close: new Float64Array() })
  const record = recordOf(RISING, DAY_MS, {
    prices: [price('A'), price('B')],
    trips: [tripOf(1, { symbol: 'A' }), tripOf(2, { symbol: 'B' }), tripOf(4, { symbol: 'B' })],
  })
  const { bySymbol } = backtestMetrics(record, OPTIONS)
  expect(bySymbol.map(({ symbol, count, netPnl }) => [symbol, count, netPnl])).toEqual([
    ['A', 1, 1],
    ['B', 2, 6],
  ])
})

describe('profit by time', () => {
  test('Σ over hours, and over weekdays, is the profit of the run', () => {
    const changes = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(changes, (steps) => {
        const equity = [100_000]
        for (const step of steps) equity.push(equity.at(-1)! + step)
        const { byHour, byWeekday } = backtestMetrics(recordOf(equity, HOUR_MS), OPTIONS)
        const profit = equity.at(-1)! - 100_000
        expect(byHour.reduce((sum, { pnl }) => sum + pnl, 0)).toBe(profit)
        expect(byWeekday.reduce((sum, { pnl }) => sum + pnl, 0)).toBe(profit)
      }),
      { numRuns: 30 },
    )
  })

  test('a bar counts in the hour and day it began in, UTC; a trip where it was opened', () => {
    // 26 hourly bars from Monday 00:00: the last begins on Tuesday 01:00.
    const equity = [...new Array<number>(26).fill(100), 107]
    const trips = [tripOf(-3, { openedAt: epochMs(MONDAY + 6 * DAY_MS + 5 * HOUR_MS + 1) })]
    const { byHour, byWeekday } = backtestMetrics(recordOf(equity, HOUR_MS, { trips }), OPTIONS)
    expect(byHour.filter(({ pnl }) => pnl !== 0)).toEqual([{ slot: 1, pnl: 7, trips: 0, tripsNetPnl: 0 }])
    expect(byWeekday[1]).toEqual({ slot: 1, pnl: 7, trips: 0, tripsNetPnl: 0 })
    expect(byHour[5]).toEqual({ slot: 5, pnl: 0, trips: 1, tripsNetPnl: -3 })
    expect(byWeekday[6]).toMatchObject({ trips: 1, tripsNetPnl: -3 })
  })
})

test('a record that begins with its first close has its opening balance one bar before', () => {
  const record = recordOf([100, 110, 120], HOUR_MS)
  const late = { ...record, startAt: epochMs(record.equity.at[0]!) }
  expect(backtestMetrics(late, OPTIONS).byHour[0]!.pnl).toBe(10)
  expect(backtestMetrics(late, OPTIONS).annualisation.days).toBeCloseTo(2 / 24, 12)
})

test.each([
  { options: { ...OPTIONS, resamples: 99 }, rule: 'resamples' },
  { options: { ...OPTIONS, resamples: 10_001 }, rule: 'resamples' },
  { options: { ...OPTIONS, trials: 0 }, rule: 'trials' },
  { options: { ...OPTIONS, trialSharpeVariance: -1 }, rule: 'trialSharpeVariance' },
])('$rule out of range is a bug', ({ options, rule }) => {
  expect(() => backtestMetrics(recordOf([1, 2], HOUR_MS), options)).toThrow(rule)
})
