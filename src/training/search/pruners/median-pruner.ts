import { quantileOf } from '../../../report/metrics/moments.ts'
import type { FinishedTrial, Report } from '../trial.ts'
import type { Pruner } from './pruner.port.ts'

export interface MedianPrunerOptions {
  /** Complete trials before any is ended. */
  readonly startupTrials: number
  /** Steps that every trial may take. */
  readonly warmUpSteps: number
  /** What readings come to: `best` of those so far (epochs), or their `mean` (folds). */
  readonly standing: 'best' | 'mean'
}

/**
 * A trial ends that stands below the median of where complete ones stood after the same step (median stopping rule: Golovin et al. 2017,
 * § 3.2.2). Complete trials without a reading at that step are left out.
 */
export function medianPruner({ startupTrials, warmUpSteps, standing }: MedianPrunerOptions): Pruner {
  const standings = { best: bestOf, mean: meanOf }
  return {
    isHopeless({ reports }, finished) {
      const step = reports.at(-1)![0]
      const complete = finished.filter(({ state }) => state === 'complete')
      if (step <= warmUpSteps || complete.length < startupTrials) return false
      const others = complete.flatMap((trial) => readingsTo(trial, step)).map(standings[standing])
      if (others.length === 0) return false
      return standings[standing](reports) < quantileOf(Float64Array.from(others).sort(), 0.5)
    },
  }
}

function readingsTo({ reports }: FinishedTrial, step: number): readonly (readonly Report[])[] {
  const at = reports.findIndex(([other]) => other === step)
  return at < 0 ? [] : [reports.slice(0, at + 1)]
}

const bestOf = (reports: readonly Report[]): number =>
  reports.reduce((best, [, value]) => Math.max(best, value), Number.NEGATIVE_INFINITY)

const meanOf = (reports: readonly Report[]): number =>
  reports.reduce((sum, [, value]) => sum + value, 0) / reports.length
