/** Rows `[from, to)`. */
export interface RowRange {
  readonly from: number
  readonly to: number
}

export type SeriesPart = 'train' | 'validation' | 'test'

/** Several channels over common, evenly spaced times, ready for fitting and scoring. */
export interface SeriesData {
  readonly channels: number
  /** [rows, channels] row-major, in deviations of the training rows from their mean. */
  readonly values: Float64Array
  /** Rows whose values are forecast in each part; look-back windows may reach into the part before. */
  readonly parts: Readonly<Record<SeriesPart, RowRange>>
}

/** Shape of one forecast, rows. */
export interface SeriesSettings {
  readonly lookBack: number
  readonly horizon: number
}
