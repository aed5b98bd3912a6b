import { scaleRow } from '../../model/scaler.ts'
import type { Dataset } from '../dataset.ts'
import type { BatchSource } from './batches.ts'
import type { RowScales } from './scaled-rows.ts'
import { recencyWeights, targetFeeds } from './scaled-rows.ts'

/** Batches for `forecasterObjective` of `rows` (row numbers of `data`), scaled once. `recencyHalfLifeBars`: age at which a row counts half. */
export function forecasterBatches(
  data: Dataset,
  rows: Int32Array,
  scales: RowScales,
  recencyHalfLifeBars?: number,
): BatchSource {
  const { steps, featureNames } = data.shape
  const width = steps * featureNames.length
  const windows = new Float32Array(rows.length * width)
  for (const [i, row] of rows.entries()) {
    scaleRow(scales.scaler, data.inputs, row, windows.subarray(i * width, (i + 1) * width))
  }
  const targets = targetFeeds(data, rows, scales)
  return {
    rows: rows.length,
    ...(recencyHalfLifeBars && { rowWeights: recencyWeights(data, rows, recencyHalfLifeBars) }),
    feeds: (chosen) => {
      const window = new Float32Array(chosen.length * width)
      for (const [i, row] of chosen.entries()) window.set(windows.subarray(row * width, (row + 1) * width), i * width)
      return { window: { dims: [chosen.length, steps, featureNames.length], data: window }, ...targets(chosen) }
    },
  }
}
