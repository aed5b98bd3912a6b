import type { Scaler } from '../model/scaler.ts'
import { scaleRow } from '../model/scaler.ts'
import type { Dataset } from './dataset.ts'

/** Scaled values beyond ± this are cut: one wild bar must not decide a forecast. */
const CLIP = 8
/** A feature that varies less is constant: it is left unscaled and carries no weight. */
const DEVIATION_MIN = 1e-9

/** Mean and standard deviation of each feature over the newest step of `rows`. */
export function fitScaler({ inputs, shape }: Dataset, rows: Int32Array): Scaler {
  const features = shape.featureNames.length
  const width = shape.steps * features
  const centre = new Float32Array(features)
  const scale = new Float32Array(features)
  for (let feature = 0; feature < features; feature += 1) {
    const valueAt = (row: number): number => inputs[row * width + width - features + feature]!
    const mean = meanOf(rows, valueAt)
    // Around the mean: a difference of large squares would have no digits left of a small deviation.
    const deviation = Math.sqrt(meanOf(rows, (row) => (valueAt(row) - mean) ** 2))
    centre[feature] = mean
    scale[feature] = deviation > DEVIATION_MIN * Math.max(1, Math.abs(mean)) ? deviation : 1
  }
  return { centre, scale, clip: CLIP, features }
}

function meanOf(rows: Int32Array, valueAt: (row: number) => number): number {
  let sum = 0
  for (const row of rows) sum += valueAt(row)
  return sum / rows.length
}

/** Scaled windows of `rows`: [rows, steps × features]. */
export function scaledRows({ inputs, shape }: Dataset, rows: Int32Array, scaler: Scaler): Float64Array {
  const width = shape.steps * scaler.features
  const scaled = new Float64Array(rows.length * width)
  for (const [i, row] of rows.entries()) scaleRow(scaler, inputs, row, scaled.subarray(i * width, (i + 1) * width))
  return scaled
}
