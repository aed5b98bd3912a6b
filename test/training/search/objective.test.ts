import { describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { momentsOf } from '../../../src/report/metrics/moments.ts'
import type { PeriodReturns } from '../../../src/report/metrics/period-returns.ts'
import { sharpeSignificance } from '../../../src/report/metrics/sharpe-significance.ts'
import { objectiveSchema, objectiveValue } from '../../../src/training/search/objective.ts'
import { deflatedSharpe } from '../../../src/training/search/search-summary.ts'
import { keptReturns, RETURNS_MAX, sharpeOf } from '../../../src/training/search/trial-returns.ts'

const metrics = { sharpe: 1.5, maxDrawdown: 0.2, crps: 4, rare: null, odd: Number.POSITIVE_INFINITY }

test.each([
  { name: 'left out: Sharpe less drawdown', given: undefined, expected: 1.5 - 5 * 0.2 },
  { name: 'a loss', given: { crps: { goal: 'min' } }, expected: -4 },
  { name: 'a mixture', given: { sharpe: { goal: 'max', weight: 2 }, crps: { goal: 'min', weight: 0.5 } }, expected: 1 },
  { name: 'a metric without data', given: { sharpe: { goal: 'max' }, rare: { goal: 'max' } }, expected: null },
  { name: 'a metric that is no number', given: { odd: { goal: 'min' } }, expected: null },
])('$name', ({ given, expected }) => {
  expect(objectiveValue(objectiveSchema.parse(given), metrics)).toBe(expected)
})

test('a metric that there is not is refused, naming those there are', () => {
  expect(() => objectiveValue(objectiveSchema.parse({ sharp: { goal: 'max' } }), metrics)).toThrow(
    'objective: sharp is no metric of a trial; one of sharpe, maxDrawdown, crps, rare, odd',
  )
})

test.each([{}, { sharpe: { goal: 'up' } }, { sharpe: { goal: 'max', weight: 0 } }, { sharpe: 1 }])(
  'refused: %j',
  (given) => {
    expect(objectiveSchema.safeParse(given).success).toBe(false)
  },
)

test('returns are kept as they are up to the limit; above it neighbours are compounded', () => {
  const few = Float64Array.from({ length: RETURNS_MAX }, (_, index) => index / 1e6)
  expect(keptReturns(few)).toBe(few)
  const many = Float64Array.from({ length: RETURNS_MAX + 1 }, () => 0.01)
  const kept = keptReturns(many)
  expect(kept).toHaveLength((RETURNS_MAX + 2) / 2)
  expect(kept[0]).toBeCloseTo(1.01 ** 2 - 1, 12)
  expect(kept.at(-1)).toBeCloseTo(0.01, 12)
})

test('a Sharpe ratio per period; none where nothing varies', () => {
  expect(sharpeOf(Float64Array.of(1, 2, 3))).toBe(2)
  expect(sharpeOf(Float64Array.of(1, 1))).toBeNull()
  expect(sharpeOf(new Float64Array())).toBeNull()
})

describe('deflated Sharpe ratio', () => {
  const random = seededRandom(4)
  const returns = Float64Array.from({ length: 400 }, () => 0.001 + 0.01 * normal(random))
  const sharpes = [0.02, -0.05, 0.11, 0.04]
  const numberOf = (count: number, known: readonly number[]) => {
    const metric = deflatedSharpe(returns, { count, sharpes: known })
    return 'value' in metric ? metric.value : Number.NaN
  }

  test('is the one of backtest reports, which is held against the paper, with the measured variance of all trials', () => {
    const period: PeriodReturns = {
      ...{ returns, endsAt: returns, days: 400, period: 'day', periodsPerYear: 365, startingBalance: 1, ruined: false },
    }
    const trialSharpeVariance = 365 * momentsOf(sharpes).deviation ** 2
    expect(deflatedSharpe(returns, { count: 50, sharpes })).toEqual(
      sharpeSignificance(period, { trials: 50, trialSharpeVariance }).deflatedSharpe,
    )
    expect(deflatedSharpe(returns, { count: 50, sharpes: [0.1] })).toEqual(
      sharpeSignificance(period, { trials: 50 }).deflatedSharpe,
    )
  })

  test('the more was tried, the less it is worth', () => {
    expect(numberOf(1, sharpes)).toBeGreaterThan(numberOf(10, sharpes))
    expect(numberOf(10, sharpes)).toBeGreaterThan(numberOf(1_000, sharpes))
  })

  test('too few returns say nothing', () => {
    expect(deflatedSharpe(returns.slice(0, 29), { count: 1, sharpes: [] })).toEqual({
      notEnough: '29 returns other than 0; at least 30',
    })
    expect(deflatedSharpe(returns.slice(0, 30), { count: 1, sharpes: [] })).toHaveProperty('value')
  })
})
