import type { Dataset } from '../dataset.ts'
import { scaleInPlace } from '../scaler.ts'
import { gather } from '../window-inputs.ts'
import type { BatchSource } from './batches.ts'
import type { RowScales } from './scaled-rows.ts'
import { targetFeeds } from './scaled-rows.ts'

/**
 * Batches for `forecasterObjective` of `rows` (row numbers of `data`); windows are gathered and scaled batch by batch. `rowWeights`: importance
 * of each of `rows`.
 */
export function forecasterBatches(
  data: Dataset,
  rows: Int32Array,
  scales: RowScales,
  rowWeights?: Float32Array,
): BatchSource {
  const { steps, featureNames } = data.shape
  const targets = targetFeeds(data, rows, scales)
  return {
    rows: rows.length,
    ...(rowWeights && { rowWeights }),
    feeds: (chosen) => {
      const windows = gather(
        data.inputs,
        chosen.map((at) => rows[at]!),
      )
      scaleInPlace(scales.scaler, windows)
      return { window: { dims: [chosen.length, steps, featureNames.length], data: windows }, ...targets(chosen) }
    },
  }
}
