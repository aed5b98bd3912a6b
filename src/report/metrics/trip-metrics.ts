import type { RoundTrip } from '../backtest/record.ts'
import { LEAST, type Metric, metricOf, tooFew, when } from './metric.ts'
import { meanOf } from './moments.ts'

/** Means in the settle currency. */
export interface Excursion {
  readonly mean: Metric
  readonly ofWinners: Metric
  readonly ofLosers: Metric
}

/** Of round trips, on their net profit. A trip of exactly 0 neither wins nor loses. */
export interface TripMetrics {
  readonly count: number
  readonly longs: number
  readonly winners: number
  readonly losers: number
  /** Sums, settle currency, signs as in `RoundTrip`. */
  readonly netPnl: number
  readonly grossPnl: number
  readonly fees: number
  readonly funding: number
  readonly slippage: number
  /** Share of trips that won. */
  readonly winRate: Metric
  /** Σ net profit of winners ÷ Σ net loss of losers. */
  readonly profitFactor: Metric
  /** Mean net profit, settle currency. */
  readonly expectancy: Metric
  /** Mean of net profit ÷ value at entry, basis points. */
  readonly expectancyBps: Metric
  /** Mean win ÷ mean loss. */
  readonly payoff: Metric
  readonly meanBars: Metric
  /** Most trips lost one after the other, by time of closing. */
  readonly longestLosingStreak: number
  readonly mae: Excursion
  readonly mfe: Excursion
}

export function tripMetrics(trips: readonly RoundTrip[]): TripMetrics {
  const winners = trips.filter(({ netPnl }) => netPnl > 0)
  const losers = trips.filter(({ netPnl }) => netPnl < 0)
  const few = tooFew(trips.length, LEAST.trades, 'trades')
  const noLoser = when(losers.length === 0, 'no losing trade')
  const noWinner = when(winners.length === 0, 'no winning trade')
  const total = (of: readonly RoundTrip[], key: NumberKey): number => of.reduce((sum, trip) => sum + trip[key], 0)
  const won = total(winners, 'netPnl')
  const lost = -total(losers, 'netPnl')
  const meanIn = (of: readonly RoundTrip[], key: NumberKey): number => meanOf(of.map((trip) => trip[key]))
  const excursion = (key: 'mae' | 'mfe'): Excursion => ({
    mean: metricOf([few], () => meanIn(trips, key)),
    ofWinners: metricOf([few, tooFew(winners.length, LEAST.tradesOfKind, 'winning trades')], () =>
      meanIn(winners, key),
    ),
    ofLosers: metricOf([few, tooFew(losers.length, LEAST.tradesOfKind, 'losing trades')], () => meanIn(losers, key)),
  })
  return {
    count: trips.length,
    longs: trips.filter(({ side }) => side === 'buy').length,
    winners: winners.length,
    losers: losers.length,
    netPnl: total(trips, 'netPnl'),
    grossPnl: total(trips, 'grossPnl'),
    fees: total(trips, 'fees'),
    funding: total(trips, 'funding'),
    slippage: total(trips, 'slippage'),
    winRate: metricOf([few], () => winners.length / trips.length),
    profitFactor: metricOf([few, noLoser], () => won / lost),
    expectancy: metricOf([few], () => meanIn(trips, 'netPnl')),
    expectancyBps: metricOf([few], () => 1e4 * meanOf(trips.map(({ netPnl, entryValue }) => netPnl / entryValue))),
    payoff: metricOf([few, noLoser, noWinner], () => won / winners.length / (lost / losers.length)),
    meanBars: metricOf([few], () => meanIn(trips, 'bars')),
    longestLosingStreak: losingStreak(trips),
    mae: excursion('mae'),
    mfe: excursion('mfe'),
  }
}

type NumberKey = 'netPnl' | 'grossPnl' | 'fees' | 'funding' | 'slippage' | 'mae' | 'mfe' | 'bars'

function losingStreak(trips: readonly RoundTrip[]): number {
  let [streak, longest] = [0, 0]
  for (const { netPnl } of trips.toSorted((a, b) => a.closedAt - b.closedAt)) {
    streak = netPnl < 0 ? streak + 1 : 0
    longest = Math.max(longest, streak)
  }
  return longest
}
