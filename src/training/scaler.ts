import type { Scaler } from '../model/scaler.ts'
import { scaleRow } from '../model/scaler.ts'
import type { Dataset } from './dataset.ts'
import type { RowBlocks } from './row-blocks.ts'
import type { WindowInputs } from './window-inputs.ts'

/** Scaled values beyond ± this are cut: one wild bar must not decide a forecast. */
const CLIP = 8
/** A feature that varies less is constant: it is left unscaled and carries no weight. */
const DEVIATION_MIN = 1e-9
/**
 * Scale of a feature that the model must not look at: whatever it holds becomes nothing beside the others, in the graph as in training. Near
 * the greatest float32.
 */
const IGNORED_SCALE = 3e38
/** Rows that are scaled at once. */
const BLOCK_ROWS = 128

/**
 * Mean and standard deviation of each feature over the newest step of `rows`; every row counts the same, whatever its weight. `ignored`
 * features are scaled to nothing.
 */
export function fitScaler(
  { inputs, shape, ignored }: Pick<Dataset, 'inputs' | 'shape' | 'ignored'>,
  rows: Int32Array,
): Scaler {
  const features = shape.featureNames.length
  const steps = newestSteps(inputs, features, rows)
  const centre = new Float32Array(features)
  const scale = new Float32Array(features)
  for (let feature = 0; feature < features; feature += 1) {
    if (ignored?.has(feature)) {
      scale[feature] = IGNORED_SCALE
      continue
    }
    const valueAt = (i: number): number => steps[i * features + feature]!
    const mean = meanOf(rows.length, valueAt)
    // Around the mean: a difference of large squares would have no digits left of a small deviation.
    const deviation = Math.sqrt(meanOf(rows.length, (i) => (valueAt(i) - mean) ** 2))
    centre[feature] = mean
    scale[feature] = deviation > DEVIATION_MIN * Math.max(1, Math.abs(mean)) ? deviation : 1
  }
  return { centre, scale, clip: CLIP, features }
}

function meanOf(count: number, valueAt: (i: number) => number): number {
  let sum = 0
  for (let i = 0; i < count; i += 1) sum += valueAt(i)
  return sum / count
}

/** Scales and clips rows of features behind each other, [n, features], in place; as `scaleRow`, which asks of each value what feature it is. */
export function scaleInPlace({ centre, scale, clip, features }: Scaler, values: Float32Array): void {
  for (let from = 0; from < values.length; from += features) {
    for (let feature = 0; feature < features; feature += 1) {
      const value = (values[from + feature]! - centre[feature]!) / scale[feature]!
      values[from + feature] = value > clip ? clip : value < -clip ? -clip : value
    }
  }
}

/** Raw values of the last step of each of `rows`: [rows, features]. */
export function newestSteps(inputs: WindowInputs, features: number, rows: Int32Array): Float32Array {
  const window = new Float32Array(inputs.width)
  const newest = window.subarray(inputs.width - features)
  const steps = new Float32Array(rows.length * features)
  for (const [i, row] of rows.entries()) {
    inputs.copy(row, window, 0)
    steps.set(newest, i * features)
  }
  return steps
}

/** Scaled windows of `rows`, a few at a time. */
export function scaledBlocks(inputs: WindowInputs, rows: Int32Array, scaler: Scaler): RowBlocks {
  const { width } = inputs
  return {
    rows: rows.length,
    width,
    *blocks() {
      const window = new Float32Array(width)
      const block = new Float64Array(Math.min(BLOCK_ROWS, rows.length) * width)
      for (let from = 0; from < rows.length; from += BLOCK_ROWS) {
        const count = Math.min(BLOCK_ROWS, rows.length - from)
        for (let i = 0; i < count; i += 1) {
          inputs.copy(rows[from + i]!, window, 0)
          scaleRow(scaler, window, 0, block.subarray(i * width, (i + 1) * width))
        }
        yield block.subarray(0, count * width)
      }
    },
  }
}
