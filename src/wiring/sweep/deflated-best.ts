import { type Metric, metricOf, when } from '../../report/metrics/metric.ts'
import { expectedBestSharpe, probabilisticSharpe } from '../../report/metrics/sharpe-significance.ts'
import { metricText, type SweepRow } from './sweep-table.ts'

/** What the best trial of a sweep is worth once it is known of how many it is the best. */
export interface DeflatedBest {
  /** Probability that its true Sharpe ratio is above `hurdleSharpe` (Bailey and López de Prado 2014, eq. 2). */
  readonly deflatedSharpe: Metric
  /** What the best of `trials` without skill would show, per year. */
  readonly hurdleSharpe: Metric
  /** Those that were done. Such as are much alike count in full, which is too strict. */
  readonly trials: number
  /** Of their Sharpe ratios, per year. */
  readonly trialSharpeVariance: Metric
  /** True: fewer than two have one; taken as that of trials without skill, 1/(n − 1) per period. */
  readonly trialVarianceAssumed: boolean
}

/** `rows` as `ranked` leaves them: the first one is judged, by the spread of all. */
export function deflatedBest(rows: readonly SweepRow[]): DeflatedBest {
  const results = rows.flatMap(({ result }) => (result ? [result] : []))
  const ratios = results.flatMap(({ sample }) => (sample ? [sample.sharpe * Math.sqrt(sample.periodsPerYear)] : []))
  const sample = results[0]?.sample
  const isAssumed = ratios.length < 2
  const variance = (): number => {
    const { count, periodsPerYear } = sample!
    return isAssumed ? periodsPerYear / (count - 1) : varianceOf(ratios)
  }
  const hurdle = (): number => expectedBestSharpe(results.length, variance())
  const lacks = [
    when(results.length === 0, 'no trial was done'),
    when(sample === undefined, 'the first row has no Sharpe ratio'),
  ]
  return {
    deflatedSharpe: metricOf(lacks, () => probabilisticSharpe(sample!, hurdle() / Math.sqrt(sample!.periodsPerYear))),
    hurdleSharpe: metricOf(lacks, hurdle),
    trials: results.length,
    trialSharpeVariance: metricOf(lacks, variance),
    trialVarianceAssumed: isAssumed,
  }
}

/** With n − 1. */
function varianceOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
}

export function deflatedText({ deflatedSharpe, hurdleSharpe, trials }: DeflatedBest): string {
  if ('notEnough' in deflatedSharpe || 'notEnough' in hurdleSharpe) {
    return `Deflated Sharpe ratio of the first row: not enough data${'notEnough' in deflatedSharpe ? ` (${deflatedSharpe.notEnough})` : ''}.`
  }
  return (
    `Deflated Sharpe ratio of the first row over ${trials} trials: ${metricText(deflatedSharpe.value)}, the probability that it is ` +
    `above the ${metricText(hurdleSharpe.value)} a year that the best of so many without skill would show.`
  )
}
