import { describe, expect, test } from 'vitest'
import { epochMs } from '../../../src/core/units.ts'
import { tripMetrics } from '../../../src/report/metrics/trip-metrics.ts'
import { VECTORS } from './support/fixture.ts'
import { MONDAY, tripOf } from './support/record.ts'

describe('numpy agrees', () => {
  const { netPnl, entryValue, mae, mfe, expected, longestLosingStreak, maeMeans, mfeMeans } = VECTORS.trips
  const made = tripMetrics(
    netPnl.map((net, i) =>
      tripOf(net, { entryValue: entryValue[i]!, mae: mae[i]!, mfe: mfe[i]!, closedAt: epochMs(MONDAY + i) }),
    ),
  )

  test.each(['winRate', 'profitFactor', 'expectancy', 'expectancyBps', 'payoff'] as const)('%s', (key) => {
    expect(made[key]).toEqual({ value: expect.closeTo(expected[key]!, 9) as number })
  })

  test('excursions and the losing streak', () => {
    expect(made.longestLosingStreak).toBe(longestLosingStreak)
    const closeTo = (value: number) => ({ value: expect.closeTo(value, 9) as number })
    const [mean, ofWinners, ofLosers] = maeMeans.map(closeTo)
    expect(made.mae).toEqual({ mean, ofWinners, ofLosers })
    const favourable = mfeMeans.map(closeTo)
    expect(made.mfe).toEqual({ mean: favourable[0], ofWinners: favourable[1], ofLosers: favourable[2] })
  })
})

test('the streak follows the closing times, whatever the order; a trip of 0 ends it', () => {
  const at = (netPnl: number, minute: number) => tripOf(netPnl, { closedAt: epochMs(MONDAY + minute) })
  expect(tripMetrics([at(-1, 1), at(1, 9), at(-1, 2), at(1, 8), at(-1, 3)]).longestLosingStreak).toBe(3)
  expect(tripMetrics([at(-1, 1), at(0, 2), at(-1, 3)])).toMatchObject({ longestLosingStreak: 1, winners: 0, losers: 2 })
})

test('sums of money, and longs apart from shorts', () => {
  const made = tripMetrics([
    tripOf(3, { grossPnl: 5, fees: 1, funding: -1, slippage: 0.5 }),
    tripOf(-2, { side: 'sell', grossPnl: -1, fees: 2, funding: 1, slippage: 0.25 }),
  ])
  expect(made).toMatchObject({ count: 2, longs: 1, netPnl: 1, grossPnl: 4, fees: 3, funding: 0, slippage: 0.75 })
})

describe('not enough data', () => {
  const trips = (wins: number, losses: number) => [
    ...Array.from({ length: wins }, () => tripOf(2)),
    ...Array.from({ length: losses }, () => tripOf(-1)),
  ]

  test('29 trades are too few, 30 are enough', () => {
    expect(tripMetrics(trips(15, 14)).winRate).toEqual({ notEnough: '29 trades; at least 30' })
    expect(tripMetrics(trips(15, 14)).mae.mean).toEqual({ notEnough: '29 trades; at least 30' })
    expect(tripMetrics(trips(15, 15)).winRate).toEqual({ value: 0.5 })
    expect(tripMetrics(trips(15, 15)).profitFactor).toEqual({ value: 2 })
  })

  test('none that lost, none that won, few that lost', () => {
    expect(tripMetrics(trips(30, 0)).profitFactor).toEqual({ notEnough: 'no losing trade' })
    expect(tripMetrics(trips(0, 30)).payoff).toEqual({ notEnough: 'no winning trade' })
    expect(tripMetrics(trips(0, 30)).profitFactor).toEqual({ value: 0 })
    expect(tripMetrics(trips(30, 9)).mae.ofLosers).toEqual({ notEnough: '9 losing trades; at least 10' })
    expect(tripMetrics(trips(30, 10)).mae.ofLosers).toEqual({ value: 0 })
    expect(tripMetrics([]).expectancy).toEqual({ notEnough: '0 trades; at least 30' })
  })
})
