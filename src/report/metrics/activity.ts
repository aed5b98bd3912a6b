import type { BacktestRecord } from '../backtest/record.ts'
import { LEAST, type Metric, metricOf, tooFew, when } from './metric.ts'
import { meanOf } from './moments.ts'

/** How much was traded and held. */
export interface Activity {
  /** Value of all fills ÷ mean equity, per year of 365 days. */
  readonly turnoverPerYear: Metric
  /** Mean of gross exposure ÷ equity over all readings with equity above 0. */
  readonly meanExposure: Metric
  /** Share of readings with a position. */
  readonly timeInMarket: Metric
}

export function activityOf({ equity: { equity, exposure }, costs }: BacktestRecord, days: number): Activity {
  const none = tooFew(equity.length, 1, 'readings of equity')
  const shares = exposure.map((value, i) => value / equity[i]!).filter((_, i) => equity[i]! > 0)
  const meanEquity = meanOf(equity)
  return {
    turnoverPerYear: metricOf(
      [none, tooFew(Math.floor(days), LEAST.days, 'days'), when(!(meanEquity > 0), 'mean equity is not above 0')],
      () => ((costs.turnover / meanEquity) * 365) / days,
    ),
    meanExposure: metricOf([none, tooFew(shares.length, 1, 'readings with equity above 0')], () => meanOf(shares)),
    timeInMarket: metricOf([none], () => exposure.filter((value) => value > 0).length / exposure.length),
  }
}
