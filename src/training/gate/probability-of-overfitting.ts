import { backtestOverfitting } from '../../report/metrics/backtest-overfitting.ts'
import { type Metric, metricOf, tooFew } from '../../report/metrics/metric.ts'

const SLICES = 16

/**
 * Probability that the best trial in sample is below the median out of sample, see `backtestOverfitting` with 16 slices. `returns`: one
 * series per trial, all over the same periods, oldest first.
 */
export function probabilityOfOverfitting(returns: readonly Float64Array[]): Metric {
  const trials = returns.length
  const periods = returns[0]?.length ?? 0
  const lacks = [tooFew(trials, 2, 'trials'), tooFew(periods, 2 * SLICES, 'periods')]
  return metricOf(lacks, () => {
    const values = new Float64Array(periods * trials)
    for (const [trial, series] of returns.entries()) {
      for (const [period, value] of series.entries()) values[period * trials + trial] = value
    }
    return backtestOverfitting({ values, trials }, SLICES).probability
  })
}
