import type { Bar } from '../market/bar.ts'

/** The features of one closed bar. `values`: [features], in schema order; `ready` is false while an input still warms up. */
export interface FeatureRow {
  readonly bar: Bar
  readonly values: Float32Array
  readonly schemaHash: string
  readonly ready: boolean
}

/** The last `steps` rows, oldest first. `values`: [steps, features], row-major, a view that never changes and nobody may write to. */
export interface FeatureWindow {
  readonly row: FeatureRow
  readonly values: Float32Array
  readonly steps: number
  /** False while fewer than `steps` ready, untainted rows in a row have been seen. */
  readonly ready: boolean
  /** Known to be [steps, features] finite values; absent: whoever cares has to look. */
  readonly allFinite?: boolean
}
