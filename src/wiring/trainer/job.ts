import type { Params } from '../../training/search/trial.ts'
import type { FitProgress } from '../fit/fit-progress.ts'

/** What a training process is asked to do, by the configuration that it reads itself. */
export type Job =
  | {
      readonly kind: 'train'
      readonly config: string
      /** Learns from bars that closed up to then, milliseconds since the epoch. */
      readonly until: number
      /** Why it was due, for the report. */
      readonly because: string
      /** Whose model; undefined: that of all instruments. */
      readonly group?: string | undefined
    }
  | {
      readonly kind: 'trial'
      readonly config: string
      readonly params: Params
      readonly seed: number
      readonly group?: string | undefined
    }
  | { readonly kind: 'truth'; readonly config: string; readonly alpha: number; readonly seed: number }
  | { readonly kind: 'regime-change'; readonly config: string; readonly alpha: number; readonly seed: number }

/** A model that was made, judged and written. */
export interface TrainResult {
  readonly version: string
  readonly outcome: 'pass' | 'fail' | 'not enough data'
  /** The verdict in words. */
  readonly summary: string
  /** By check; null where there was none to be had. */
  readonly numbers: Readonly<Record<string, number | null>>
  /** Page with all of it. */
  readonly report: string
  readonly seconds: number
  readonly rows: number
  readonly epochs: number
  readonly samplesPerSecond: number
}

/** What the process says to the one that began it; the last message is a result or a refusal. */
export type JobMessage =
  | ({ readonly kind: 'progress' } & FitProgress)
  | { readonly kind: 'step'; readonly step: number; readonly value: number }
  | { readonly kind: 'done'; readonly result: unknown }
  /** The input is wrong, or there is too little of it: trying again changes nothing. */
  | { readonly kind: 'refused'; readonly why: string }
