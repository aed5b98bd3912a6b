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
    let sum = 0
    let squares = 0
    for (const row of rows) {
      const value = inputs[row * width + width - features + feature]!
      sum += value
      squares += value * value
    }
    const mean = sum / rows.length
    const deviation = Math.sqrt(Math.max(0, squares / rows.length - mean * mean))
    centre[feature] = mean
    scale[feature] = deviation > DEVIATION_MIN * Math.max(1, Math.abs(mean)) ? deviation : 1
  }
  return { centre, scale, clip: CLIP, features }
}

/** Scaled windows of `rows`: [rows, steps × features]. */
export function scaledRows({ inputs, shape }: Dataset, rows: Int32Array, scaler: Scaler): Float64Array {
  const width = shape.steps * scaler.features
  const scaled = new Float64Array(rows.length * width)
  for (const [i, row] of rows.entries()) scaleRow(scaler, inputs, row, scaled.subarray(i * width, (i + 1) * width))
  return scaled
}
