import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawdownOf } from '../../../src/report/metrics/drawdown.ts'
import { pathOf } from '../../../src/report/metrics/equity-path.ts'
import { performanceOf } from '../../../src/report/metrics/performance.ts'
import { periodReturns } from '../../../src/report/metrics/period-returns.ts'
import { VECTORS } from './support/fixture.ts'
import { compound, DAY_MS, HOUR_MS, MONDAY, recordOf } from './support/record.ts'

const pathFrom = (equity: readonly number[], barMs: number) => pathOf(recordOf(equity, barMs))
const growing = fc.array(
  fc.integer({ min: -200, max: 200 }).map((value) => value / 1_000),
  { minLength: 70, maxLength: 100 },
)
const valueIn = (metric: object): number => (metric as { value: number }).value

describe.each(Object.entries(VECTORS.runs))('numpy and scipy agree: %s', (_name, run) => {
  const path = pathFrom(run.equity, run.barMs)
  const made = performanceOf(path, run.barMs)

  test('returns and their year', () => {
    const { returns, periodsPerYear } = periodReturns(path, run.barMs)
    expect([returns.length, periodsPerYear]).toEqual([run.returns, run.periodsPerYear])
  })

  test.each(['totalReturn', 'cagr', 'volatility', 'sharpe', 'sortino', 'calmar', 'omega', 'maxDrawdown'] as const)(
    '%s',
    (key) => {
      expect(valueIn(made[key]) / run.expected[key]!).toBeCloseTo(1, 10)
    },
  )

  test('peak, trough and recovery', () => {
    const { peakAt, troughAt, recoveredAt } = run.expected
    expect(made.drawdown).toMatchObject({ peakAt, troughAt, recoveredAt })
    expect(made.drawdown.peakToTroughMs).toBe(troughAt! - peakAt!)
    expect(made.drawdown.peakToRecoveryMs).toBe((recoveredAt ?? run.at.at(-1)!) - peakAt!)
  })
})

describe('properties', () => {
  test('money of another unit changes no ratio', () => {
    fc.assert(
      fc.property(growing, fc.double({ min: 1e-4, max: 1e4, noNaN: true }), (returns, unit) => {
        const equity = compound(returns)
        const plain = performanceOf(pathFrom(equity, DAY_MS), DAY_MS)
        const scaled = performanceOf(
          pathFrom(
            equity.map((value) => value * unit),
            DAY_MS,
          ),
          DAY_MS,
        )
        for (const key of ['sharpe', 'sortino', 'omega', 'maxDrawdown'] as const) {
          if (!('value' in plain[key])) continue
          expect(valueIn(scaled[key])).toBeCloseTo(plain[key].value, 6)
        }
      }),
    )
  })

  test('returns of twice the size have the same Sharpe ratio and twice the volatility', () => {
    fc.assert(
      fc.property(growing, (returns) => {
        const plain = performanceOf(pathFrom(compound(returns), DAY_MS), DAY_MS)
        const double = performanceOf(pathFrom(compound(returns.map((value) => 2 * value)), DAY_MS), DAY_MS)
        fc.pre('value' in plain.sharpe)
        expect(valueIn(double.sharpe)).toBeCloseTo(valueIn(plain.sharpe), 6)
        expect(valueIn(double.volatility)).toBeCloseTo(2 * valueIn(plain.volatility), 6)
      }),
    )
  })

  test('the drawdown is the greatest over all pairs, and the greatest rise of the reversed curve from its trough', () => {
    const curve = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 2, maxLength: 40 })
    fc.assert(
      fc.property(curve, (equity) => {
        const { fraction } = drawdownOf(pathFrom(equity, HOUR_MS))
        const falls = equity.flatMap((peak, i) => equity.slice(i).map((value) => 1 - value / peak))
        expect(fraction).toBeCloseTo(Math.max(0, ...falls), 12)
        const reversed = equity.toReversed()
        const rises = reversed.flatMap((low, i) => reversed.slice(i).map((high) => 1 - low / high))
        expect(fraction).toBeCloseTo(Math.max(0, ...rises), 12)
      }),
    )
  })
})

describe('drawdown', () => {
  test('the first of two equal falls, measured from the last moment at the peak to the first back at it', () => {
    const drawdown = drawdownOf(pathFrom([10, 20, 20, 10, 15, 20, 10], HOUR_MS))
    expect(drawdown).toEqual({
      fraction: 0.5,
      peakAt: MONDAY + 2 * HOUR_MS,
      troughAt: MONDAY + 3 * HOUR_MS,
      recoveredAt: MONDAY + 5 * HOUR_MS,
      peakToTroughMs: HOUR_MS,
      peakToRecoveryMs: 3 * HOUR_MS,
    })
  })

  test('none on a rising curve; debt is more than the whole', () => {
    expect(drawdownOf(pathFrom([1, 2, 3], HOUR_MS))).toMatchObject({ fraction: 0, peakToRecoveryMs: 0 })
    const debt = drawdownOf(pathFrom([10, -5, -4], HOUR_MS))
    expect(debt).toMatchObject({ fraction: 1.5, recoveredAt: null, peakToRecoveryMs: 2 * HOUR_MS })
  })
})

describe('days', () => {
  test('from 60 days on; a day ends with its reading at midnight, and one without readings repeats the one before', () => {
    const every = Array.from({ length: 60 * 24 + 1 }, (_, i) => 1_000 + i)
    expect(periodReturns(pathFrom(every.slice(0, -1), HOUR_MS), HOUR_MS).period).toBe('bar')
    const path = pathFrom(every, HOUR_MS)
    const whole = periodReturns(path, HOUR_MS)
    expect(whole).toMatchObject({ period: 'day', periodsPerYear: 365, days: 60 })
    expect(whole.returns).toHaveLength(60)
    expect(whole.returns[0]).toBeCloseTo(24 / 1_000, 12)
    const kept = [...path.at.keys()].filter((i) => i <= 24 || i > 3 * 24)
    const gapped = periodReturns(
      { at: Float64Array.from(kept, (i) => path.at[i]!), equity: Float64Array.from(kept, (i) => path.equity[i]!) },
      HOUR_MS,
    )
    expect([...gapped.returns.slice(0, 4)]).toEqual([whole.returns[0], 0, 0, expect.closeTo(1_096 / 1_024 - 1, 12)])
    expect(gapped.endsAt[1]).toBe(MONDAY + 2 * DAY_MS)
  })

  test('bars of a year of 365 days', () => {
    expect(periodReturns(pathFrom([1, 2, 3], HOUR_MS), HOUR_MS).periodsPerYear).toBe(8_760)
  })
})

describe('not enough data', () => {
  const wave = (bars: number) => compound(Array.from({ length: bars }, (_, i) => 0.01 * Math.sin(i * 2.1 + 1)))
  test.each([
    { name: '29 returns', bars: 29, key: 'volatility', expected: '29 returns other than 0; at least 30' },
    { name: '29 days', bars: 29 * 24, key: 'sharpe', expected: '29 days; at least 30' },
    { name: '29 days', bars: 29 * 24, key: 'cagr', expected: '29 days; at least 30' },
    { name: '29 days', bars: 29 * 24, key: 'calmar', expected: '29 days; at least 30' },
  ] as const)('$name: $key is not known', ({ bars, key, expected }) => {
    expect(performanceOf(pathFrom(wave(bars), HOUR_MS), HOUR_MS)[key]).toEqual({ notEnough: expected })
  })

  test.each([
    { bars: 30, key: 'volatility' },
    { bars: 30 * 24, key: 'sharpe' },
    { bars: 30 * 24, key: 'cagr' },
  ] as const)('$bars hours are enough for $key', ({ bars, key }) => {
    expect(performanceOf(pathFrom(wave(bars), HOUR_MS), HOUR_MS)[key]).toHaveProperty('value')
  })

  test.each([
    {
      name: 'a flat account',
      equity: new Array<number>(100).fill(5),
      key: 'sharpe',
      expected: /^0 returns other than 0/,
    },
    { name: 'a flat account', equity: new Array<number>(100).fill(5), key: 'calmar', expected: /^no drawdown/ },
    {
      name: 'ever the same return',
      equity: compound(new Array<number>(90).fill(0.01)),
      key: 'sharpe',
      expected: /vary/,
    },
    {
      name: 'ever the same return',
      equity: compound(new Array<number>(90).fill(0.01)),
      key: 'omega',
      expected: /no return below 0/,
    },
    { name: 'a ruined account', equity: [...wave(80), 0, 5, 6], key: 'sharpe', expected: /fell to 0 or below/ },
    { name: 'a ruined account', equity: [...wave(80), 0, 5, 6], key: 'cagr', expected: /fell to 0 or below/ },
  ] as const)('$name has no $key', ({ equity, key, expected }) => {
    expect(performanceOf(pathFrom(equity, DAY_MS), DAY_MS)[key]).toEqual({
      notEnough: expect.stringMatching(expected) as string,
    })
  })
})
