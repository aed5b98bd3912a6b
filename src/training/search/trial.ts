import type { Json } from './search-space.ts'

/** Values by path into the training configuration; parameters whose condition does not hold are left out. */
export type Params = Readonly<Record<string, Json>>

/** A reading of the objective on the way, greater is better. Step: folds or epochs done, from 1. */
export type Report = readonly [step: number, value: number]

/** `infeasible`: it ran, but its objective has too few data. */
export type FinishedState = 'complete' | 'pruned' | 'failed' | 'infeasible'

export interface RunningTrial {
  /** From 0, in the order of their starts. */
  readonly number: number
  readonly params: Params
  /** Steps rising. */
  readonly reports: readonly Report[]
}

export interface FinishedTrial extends RunningTrial {
  readonly state: FinishedState
  /** Objective, greater is better; null unless complete. */
  readonly value: number | null
}
