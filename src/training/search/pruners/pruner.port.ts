import type { FinishedTrial, RunningTrial } from '../trial.ts'

/** Ends trials early that will not be the best. Pure. */
export interface Pruner {
  /** Asked after each reading of `trial`, which has one at least. `others`: all trials of the study but this one. */
  isHopeless(trial: RunningTrial, finished: readonly FinishedTrial[], running: readonly RunningTrial[]): boolean
}
