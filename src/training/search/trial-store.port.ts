import type { TrialMetrics } from './objective.ts'
import type { FinishedTrial, Params, Report } from './trial.ts'

export interface StudyDefinition {
  readonly name: string
  /** `spaceHash` of what is searched. */
  readonly spaceHash: string
  /** Names the rows that trials learn from and are judged on, by their content. */
  readonly dataHash: string
  /** What trials are judged by, as text: the same objective gives the same. */
  readonly objective: string
}

export interface TrialStart {
  readonly params: Params
  readonly seed: number
  /** Which of the search's workers runs it, from 0. */
  readonly worker: number
  /** Number of the trial that was cut short and is run again. */
  readonly retryOf: number | undefined
  /** Milliseconds since the epoch. */
  readonly at: number
}

interface Judged {
  readonly metrics: TrialMetrics
  /** At most `RETURNS_MAX`; fewer than 2 are not kept. */
  readonly returns: Float64Array
  /** Per period of `returns`; null: they do not vary. */
  readonly sharpe: number | null
}

export type TrialOutcome =
  | ({ readonly kind: 'complete'; readonly value: number } & Judged)
  | ({ readonly kind: 'infeasible'; readonly cause: string } & Judged)
  | { readonly kind: 'pruned' }
  | { readonly kind: 'failed'; readonly cause: string }
  /** Cut short through no fault of its own: to be run again. */
  | { readonly kind: 'stopped' }

/** A finished trial as it was kept. */
export interface StoredTrial extends FinishedTrial {
  readonly seed: number
  /** Null unless complete or infeasible. */
  readonly metrics: TrialMetrics | null
  readonly cause: string | null
  /** `owed`: cut short, to be run again; `again`: cut short, and run again under a later number. */
  readonly retry: 'none' | 'owed' | 'again'
}

/** A model that was trained and judged outside of any study. */
export interface RecordedTrial extends Judged {
  readonly dataHash: string
  /** What it was trained with, for the record. */
  readonly params: Params
  readonly seed: number
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly finishedAt: number
}

/** All trials ever run on the same data, whatever the study; one that was cut short and run again counts once. */
export interface TrialsOnData {
  readonly count: number
  /** Per period, of those that were judged and whose returns vary. */
  readonly sharpes: readonly number[]
}

export interface TrialStudy {
  /** In the order of their numbers. None is running: those of a process that is gone have failed. */
  readonly trials: readonly StoredTrial[]
  /** Returns its number, from 0. */
  start(trial: TrialStart): number
  /** `reports` as long as the trial had some. `at`: milliseconds since the epoch. */
  finish(number: number, outcome: TrialOutcome, reports: readonly Report[], at: number): void
}

/** Trials are kept for ever, and never change once they are finished. */
export interface TrialStore {
  /**
   * Opens the study of that name, or begins it. Throws `InputError` where it has another space, other data or another objective.
   * `at`: milliseconds since the epoch.
   */
  study(definition: StudyDefinition, at: number): TrialStudy
  recordTrial(trial: RecordedTrial): void
  trialsOn(dataHash: string): TrialsOnData
  /** Returns of the newest `limit` trials on these data that have `length` of them, the oldest first. */
  returnsOn(dataHash: string, length: number, limit: number): readonly Float64Array[]
  /** Returns of a trial of a study; empty: none are kept. */
  returnsOf(study: string, number: number): Float64Array
  close(): void
}
