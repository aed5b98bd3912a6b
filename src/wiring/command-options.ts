import type { Mode } from './config/schema.ts'

/** What the command line says, checked; files and folders relative to the working directory. */
export interface DemoOptions {
  readonly config: string
  /** Stops by itself after so many bar closes; undefined: runs until stopped. */
  readonly bars?: number
  /** The last line of standard output is one JSON object. */
  readonly json: boolean
}

export type RunOptions = DemoOptions

export interface ReplayOptions {
  readonly config: string
  /** At least one, in the order of their time. */
  readonly tape: readonly string[]
  readonly json: boolean
}

/** What is undefined comes from the config file's `simulator` section. */
export interface ExchangeOptions {
  readonly config: string
  /** 0: any free one. */
  readonly port?: number
  readonly seed?: number
  readonly alpha?: number
  /** Where to write `{"port", "pid", "instanceId"}` once it listens. */
  readonly portFile?: string
  readonly idleExitMs?: number
}

export interface FitOptions {
  readonly config: string
  /** Folder of the model family; undefined: the config file's. */
  readonly out?: string
  /** Goes on from the family's current model. */
  readonly resume: boolean
  readonly json: boolean
}

export interface CheckConfigOptions {
  readonly config: string
}

export interface StatusOptions {
  /** State folder. */
  readonly state: string
  /** Undefined: every mode that has a database in the folder. */
  readonly mode?: Mode
  readonly json: boolean
}

export interface ResetOptions {
  readonly state: string
  readonly mode: Mode
  /** Name of the latch, as `status` shows it. */
  readonly latch: string
}

export interface WhyOptions {
  readonly state: string
  /** Undefined: the only mode that has a database in the folder. */
  readonly mode?: Mode
  /** Position from the end (1 is the latest), an ISO time inside the bar, or a decision id; undefined: the latest. */
  readonly bar?: string
  readonly symbol?: string
  readonly json: boolean
}
