import type { SharpeSample } from '../../report/metrics/sharpe-significance.ts'

/** What a value of a swept parameter may be. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** By path into the configuration. */
export type TrialSettings = Readonly<Record<string, Json>>

/** One backtest of a sweep. */
export interface Trial {
  /** From 0, in the order of the sweep. */
  readonly index: number
  readonly settings: TrialSettings
  /** The whole configuration with the settings in it, checked. Plain data: it travels to a thread. */
  readonly config: unknown
  /** Names the trial by all that its result depends on: SHA-256, hex. */
  readonly key: string
}

/** Returns of one backtest as far as the significance of its Sharpe ratio asks for them; the ratio is per period. */
interface TrialSample extends SharpeSample {
  readonly periodsPerYear: number
}

/** What is kept of one backtest. */
export interface TrialResult {
  /** By name; null: there are not enough data for it. */
  readonly metrics: Readonly<Record<string, number | null>>
  /** Absent: there are not enough data for it. */
  readonly sample?: TrialSample | undefined
  readonly runHash: string
}

export interface TrialWatch {
  /** 0 to 1, now and then. */
  onProgress(share: number): void
  /** True once the result is not wanted any more: end soon, in whatever way. Cheap; also true while the thread is kept busy. */
  isStopped(): boolean
}

/** Runs in a thread. What it throws is the trial's failure. */
export type RunTrial = (config: unknown, watch: TrialWatch) => Promise<TrialResult>

export type TrialOutcome =
  | { readonly kind: 'done'; readonly result: TrialResult }
  | { readonly kind: 'failed'; readonly cause: string }
