import type { Metric } from '../../report/metrics/metric.ts'
import { LEAST, metricOf, tooFew, when } from '../../report/metrics/metric.ts'
import { momentsOf } from '../../report/metrics/moments.ts'
import { expectedBestSharpe, probabilisticSharpe } from '../../report/metrics/sharpe-significance.ts'
import type { FinishedState } from './trial.ts'
import type { StoredTrial, TrialStore, TrialsOnData } from './trial-store.port.ts'

/** Newest trials that the probability of overfitting is computed from: 16 MiB of returns. */
const OVERFITTING_TRIALS_MAX = 1_000

/** Probability that the best in sample is below the median out of sample, from one series of returns per trial, all of one length. */
export type OverfittingProbability = (returns: readonly Float64Array[]) => Metric

export interface SearchSummary {
  /** By objective; null: no trial is complete. */
  readonly best: StoredTrial | null
  /** Trials of the study by how they ended; those cut short and run again, or still to be, are left out. */
  readonly counts: Readonly<Record<FinishedState, number>>
  /** All trials ever run on these data, of this study and all else. */
  readonly trialsOnData: number
  /** Probability that the best one's Sharpe ratio is above what the best of that many trials without skill would show. */
  readonly deflatedSharpe: Metric
  /** Of choosing among all trials on these data whose returns are in the same periods as the best one's. */
  readonly overfitting: Metric
  /** Asked to stop before all trials were done: the same study goes on. */
  readonly stopped: boolean
}

export function summaryOf(
  study: { readonly name: string; readonly dataHash: string },
  finished: readonly StoredTrial[],
  store: TrialStore,
  overfitting: OverfittingProbability,
): Omit<SearchSummary, 'stopped'> {
  const best = bestOf(finished)
  const onData = store.trialsOn(study.dataHash)
  const returns = best ? store.returnsOf(study.name, best.number) : new Float64Array()
  const none =
    when(best === null, 'no trial is complete') ?? when(returns.length === 0, 'the best trial has no returns')
  const all = none ? [] : store.returnsOn(study.dataHash, returns.length, OVERFITTING_TRIALS_MAX)
  const notEnough = none ?? when(all.length < 2, 'one trial with returns; at least 2')
  return {
    best,
    counts: countsOf(finished),
    trialsOnData: onData.count,
    deflatedSharpe: none ? { notEnough: none } : deflatedSharpe(returns, onData),
    overfitting: notEnough ? { notEnough } : overfitting(all),
  }
}

/** The first of those with the greatest value. */
export const bestOf = (trials: readonly StoredTrial[]): StoredTrial | null =>
  trials.reduce<StoredTrial | null>(
    (best, trial) => (trial.value !== null && (best?.value == null || trial.value > best.value) ? trial : best),
    null,
  )

function countsOf(trials: readonly StoredTrial[]): SearchSummary['counts'] {
  const counts = { complete: 0, pruned: 0, failed: 0, infeasible: 0 }
  for (const { state } of trials) counts[state] += 1
  return counts
}

/**
 * Probability that the true Sharpe ratio of `returns` is above the one expected of the best of all trials on the same data without skill
 * (Bailey and López de Prado 2014). Where fewer than two of them are known, their variance is taken as that of trials without skill.
 */
export function deflatedSharpe(returns: Float64Array, { count, sharpes }: TrialsOnData): Metric {
  const { mean, deviation, skewness, kurtosis } = momentsOf(returns)
  const traded = returns.reduce((sum, value) => (value === 0 ? sum : sum + 1), 0)
  const spread = sharpes.length > 1 ? momentsOf(sharpes).deviation ** 2 : 1 / (returns.length - 1)
  const lacks = [tooFew(traded, LEAST.returns, 'returns other than 0'), when(deviation === 0, 'returns do not vary')]
  return metricOf(lacks, () =>
    probabilisticSharpe(
      { sharpe: mean / deviation, skewness, kurtosis, count: returns.length },
      expectedBestSharpe(Math.max(count, 1), spread),
    ),
  )
}
