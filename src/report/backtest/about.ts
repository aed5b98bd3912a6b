import type { EpochMs } from '../../core/units.ts'
import type { JsonObject } from '../../model/bundle/plain-json.ts'

/** A model that decided in the run. Spans are exchange time; null where nobody knows. */
export interface RunModel {
  readonly modelId: string
  /** Bars that it was trained on. */
  readonly trainedFrom: EpochMs | null
  readonly trainedTo: EpochMs | null
  /** First bar that it decided. */
  readonly usedFrom: EpochMs | null
}

/** One file that the run read. */
export interface RunData {
  readonly file: string
  /** Hex. */
  readonly sha256: string
  readonly symbol: string
  readonly rows: number
  readonly from: EpochMs
  readonly to: EpochMs
  /** Rows changed, dropped or made up because the configuration asked for it, by rule. Empty: none. */
  readonly repairs: Readonly<Record<string, number>>
}

/** What a run was made of and how it went, beside its record: enough to repeat it. Plain JSON. */
export interface RunAbout {
  /** Heading, e.g. the name of the configuration file. */
  readonly title: string
  /** What the simulated venue filled orders against. */
  readonly source: 'bars' | 'tape'
  /** As parsed, defaults filled in. */
  readonly config: JsonObject
  /** In the order of their use. */
  readonly models: readonly RunModel[]
  readonly data: readonly RunData[]
  /** Version of the package, and the commit where the program runs from a repository. */
  readonly code: { readonly version: string; readonly commit: string | null }
  /** SHA-256, hex, at least 8 digits. */
  readonly runHash: string
  /** Wall clock. */
  readonly startedAt: EpochMs
  readonly endedAt: EpochMs
  readonly bars: number
  readonly decisions: number
  readonly orders: number
  readonly fills: number
  readonly retrainings: number
  /** Bars a second of work time; 0 where it was not measured. */
  readonly barsPerSecond: number
}
