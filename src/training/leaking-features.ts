import type { Dataset } from './dataset.ts'

/** Honest features explain little of a forward return; one that explains half of it has seen the future. */
const SQUARED_CORRELATION_MAX = 0.5

/** Names of the features, of those that a model may look at, whose newest value alone explains more of the forward return than any honest one can. */
export function leakingFeatures({ inputs, targetsBps, rows, shape, ignored }: Dataset): readonly string[] {
  const features = shape.featureNames.length
  const window = new Float32Array(inputs.width)
  const newest = window.subarray(inputs.width - features)
  const [sx, sxx, sxy] = [0, 1, 2].map(() => new Float64Array(features)) as [Float64Array, Float64Array, Float64Array]
  let [sy, syy] = [0, 0]
  for (let row = 0; row < rows; row += 1) {
    inputs.copy(row, window, 0)
    const y = targetsBps[row]!
    sy += y
    syy += y * y
    for (let feature = 0; feature < features; feature += 1) {
      const x = newest[feature]!
      sx[feature]! += x
      sxx[feature]! += x * x
      sxy[feature]! += x * y
    }
  }
  return shape.featureNames.filter((_, feature) => {
    if (ignored?.has(feature)) return false
    const covariance = sxy[feature]! - (sx[feature]! * sy) / rows
    const variances = (sxx[feature]! - sx[feature]! ** 2 / rows) * (syy - sy ** 2 / rows)
    return variances > 0 && covariance ** 2 / variances > SQUARED_CORRELATION_MAX
  })
}
