import { normalCdf, normalQuantile } from '../../model/heads/normal-quantile.ts'
import { type Metric, metricOf, when } from './metric.ts'
import { momentsOf } from './moments.ts'
import { returnsLack } from './performance.ts'
import type { PeriodReturns } from './period-returns.ts'

const EULER_GAMMA = 0.577_215_664_901_532_9
/** Of the minimum track record: the chance of error. */
const ALPHA = 0.05

/** Of one return series: per-period Sharpe ratio and shape. */
export interface SharpeSample {
  readonly sharpe: number
  readonly skewness: number
  readonly kurtosis: number
  readonly count: number
}

/** n − 1 times the variance of the estimated ratio: 1 − γ₃·SR + (γ₄ − 1)/4·SR² (Mertens 2002); ≥ 0 for any sample. */
const spread = ({ sharpe, skewness, kurtosis }: Omit<SharpeSample, 'count'>): number =>
  1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2

/** Probability that the true ratio exceeds `hurdle` (Bailey and López de Prado 2012, eq. 10). All per period. */
export const probabilisticSharpe = (sample: SharpeSample, hurdle: number): number =>
  normalCdf(((sample.sharpe - hurdle) * Math.sqrt(sample.count - 1)) / Math.sqrt(spread(sample)))

/** Ratio expected of the best of `trials` ≥ 1 without skill whose ratios have this variance (Bailey and López de Prado 2014, eq. 1). */
export const expectedBestSharpe = (trials: number, variance: number): number =>
  trials === 1
    ? 0
    : Math.sqrt(variance) *
      ((1 - EULER_GAMMA) * normalQuantile(1 - 1 / trials) + EULER_GAMMA * normalQuantile(1 - 1 / (trials * Math.E)))

/** Returns needed to tell the ratio from `hurdle` below it at confidence 1 − `alpha` (Bailey and López de Prado 2012, eq. 11). */
export const minTrackRecord = (sample: Omit<SharpeSample, 'count'>, hurdle: number, alpha: number): number =>
  1 + spread(sample) * (normalQuantile(1 - alpha) / (sample.sharpe - hurdle)) ** 2

export interface SharpeSignificance {
  /** Probability that the true Sharpe ratio is above 0. */
  readonly probabilisticSharpe: Metric
  /** Probability that it is above `hurdleSharpe`. */
  readonly deflatedSharpe: Metric
  /** What the best of that many trials without skill would show, per year. */
  readonly hurdleSharpe: Metric
  readonly trials: number
  /** Of Sharpe ratios per year over the trials. */
  readonly trialSharpeVariance: Metric
  /** True: not measured, taken as the sampling variance of trials without skill, 1/(n − 1) per period. */
  readonly trialVarianceAssumed: boolean
  /** Days of record needed to say with 95 % confidence that the Sharpe ratio is above 0. */
  readonly minTrackRecordDays: Metric
  /** In returns. */
  readonly minTrackRecordReturns: Metric
  readonly skewness: Metric
  /** 3 for a normal law. */
  readonly kurtosis: Metric
}

export interface Trials {
  /** How many configurations were tried, this one included. ≥ 1. */
  readonly trials: number
  /** Variance of their Sharpe ratios, these per year. */
  readonly trialSharpeVariance?: number
}

export function sharpeSignificance(
  period: Pick<PeriodReturns, 'returns' | 'periodsPerYear' | 'ruined'>,
  { trials, trialSharpeVariance }: Trials,
): SharpeSignificance {
  const { returns, periodsPerYear } = period
  const { mean, deviation, skewness, kurtosis } = momentsOf(returns)
  const sample = { sharpe: mean / deviation, skewness, kurtosis, count: returns.length }
  const lacks = [returnsLack(period), when(deviation === 0, 'returns do not vary')]
  const noSpread = when(!(spread(sample) > 1e-9), 'the ratio has no sampling variance')
  const variance = trialSharpeVariance === undefined ? 1 / (returns.length - 1) : trialSharpeVariance / periodsPerYear
  const hurdle = expectedBestSharpe(trials, variance)
  const notAbove = when(!(mean > 0), 'the Sharpe ratio is not above 0: no record is long enough')
  const length = metricOf([...lacks, noSpread, notAbove], () => minTrackRecord(sample, 0, ALPHA))
  return {
    probabilisticSharpe: metricOf([...lacks, noSpread], () => probabilisticSharpe(sample, 0)),
    deflatedSharpe: metricOf([...lacks, noSpread], () => probabilisticSharpe(sample, hurdle)),
    hurdleSharpe: metricOf(lacks, () => hurdle * Math.sqrt(periodsPerYear)),
    trials,
    trialSharpeVariance: metricOf(lacks, () => variance * periodsPerYear),
    trialVarianceAssumed: trialSharpeVariance === undefined,
    minTrackRecordDays: 'value' in length ? { value: (length.value * 365) / periodsPerYear } : length,
    minTrackRecordReturns: length,
    skewness: metricOf(lacks, () => skewness),
    kurtosis: metricOf(lacks, () => kurtosis),
  }
}
