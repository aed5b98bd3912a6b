import type { FinishedTrial, Params, RunningTrial } from '../trial.ts'

/**
 * Chooses what is tried next. Pure: its randomness comes of its seed and the number of trials so far, so that a search that is
 * resumed goes on as one that was never stopped.
 */
export interface Sampler {
  /** Both in the order of their numbers. Undefined: nothing is left to try. */
  propose(finished: readonly FinishedTrial[], running: readonly RunningTrial[]): Params | undefined
}
