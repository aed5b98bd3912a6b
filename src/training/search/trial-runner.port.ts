import type { TrialMetrics } from './objective.ts'
import type { Params } from './trial.ts'

export interface TrialResult {
  readonly metrics: TrialMetrics
  /**
   * Simple returns out of sample, per period, in the same periods for all trials on the same data; empty where nothing was traded out.
   * Read for the trial's Sharpe ratio and the probability of overfitting.
   */
  readonly returns: Float64Array
}

export interface TrialRunner {
  /**
   * Trains and judges a model with `params`. The same params and seed give the same result. `report` tells how it stands after `step`
   * folds or epochs (from 1, rising), as the objective values it, greater is better; NaN: it has diverged. Told `prune`, it ends soon,
   * with whatever it has: nothing more is wanted of it. What it throws is the trial's failure; an `InvariantError` ends the search.
   */
  run(params: Params, seed: number, report: (step: number, value: number) => 'go' | 'prune'): Promise<TrialResult>
}
