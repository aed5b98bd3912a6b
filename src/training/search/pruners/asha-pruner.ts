import type { RunningTrial } from '../trial.ts'
import type { Pruner } from './pruner.port.ts'

export interface AshaOptions {
  /** Steps to the first rung. */
  readonly stepsMin: number
  /** Of the trials that reached a rung, one in so many goes on; each rung is so many times further. At least 2. */
  readonly reduction: number
}

/**
 * Asynchronous successive halving (Li et al. 2018, "A system for massively parallel hyperparameter tuning"), in the form without pauses:
 * at each rung (`stepsMin` · `reduction`^k steps) a trial goes on when it is among the best 1/`reduction` of those that have reached the
 * rung by then, itself included; of the first ones, when it is the best.
 */
export function ashaPruner({ stepsMin, reduction }: AshaOptions): Pruner {
  return {
    isHopeless(trial, finished, running) {
      const step = trial.reports.at(-1)![0]
      const before = trial.reports.at(-2)?.[0] ?? 0
      const others = [...finished, ...running].filter(({ number }) => number !== trial.number)
      // Rungs that this reading is the first to reach.
      for (let rung = stepsMin; rung <= step; rung *= reduction) {
        if (before < rung && !isPromoted(trial, others, rung, reduction)) return true
      }
      return false
    },
  }
}

function isPromoted(trial: RunningTrial, others: readonly RunningTrial[], rung: number, reduction: number): boolean {
  const own = valueAt(trial, rung)!
  const values = others.flatMap((other) => valueAt(other, rung) ?? [])
  const places = Math.max(1, Math.floor((values.length + 1) / reduction))
  return values.filter((value) => value > own).length < places
}

/** The first reading at or behind the rung. */
const valueAt = ({ reports }: RunningTrial, rung: number): number | undefined =>
  reports.find(([step]) => step >= rung)?.[1]
