import type { FinishedTrial, RunningTrial } from '../trial.ts'

const BELOW_SHARE = 0.1
const BELOW_MAX = 25

/** How many of `count` finished trials are the good ones. */
export const belowCount = (count: number): number => Math.min(Math.ceil(BELOW_SHARE * count), BELOW_MAX)

export interface SplitTrials {
  /** The good ones. Both in the order of their numbers. */
  readonly below: readonly RunningTrial[]
  readonly above: readonly RunningTrial[]
}

/**
 * The best tenth, at most 25, and the rest. Complete trials are ranked by value, behind them pruned ones (those that got further first,
 * then by their last reading), then infeasible ones; failed ones say nothing. Running ones count as bad ("constant liar"), so that
 * workers that ask meanwhile look elsewhere.
 */
export function splitTrials(finished: readonly FinishedTrial[], running: readonly RunningTrial[]): SplitTrials {
  const ranked = finished.filter(({ state }) => state !== 'failed').sort(byRank)
  const count = belowCount(ranked.length)
  const byNumber = (a: RunningTrial, b: RunningTrial) => a.number - b.number
  return {
    below: ranked.slice(0, count).sort(byNumber),
    above: [...ranked.slice(count), ...running].sort(byNumber),
  }
}

const CLASS = { complete: 0, pruned: 1, infeasible: 2, failed: 3 } as const

const byRank = (a: FinishedTrial, b: FinishedTrial): number =>
  CLASS[a.state] - CLASS[b.state] || byMerit(a, b) || a.number - b.number

function byMerit(a: FinishedTrial, b: FinishedTrial): number {
  if (a.state === 'complete') return b.value! - a.value!
  if (a.state === 'infeasible') return 0
  const [stepA, valueA] = a.reports.at(-1) ?? [0, 0]
  const [stepB, valueB] = b.reports.at(-1) ?? [0, 0]
  return stepB - stepA || valueB - valueA
}
