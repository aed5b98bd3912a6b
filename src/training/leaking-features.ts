import type { Dataset } from './dataset.ts'

/** Honest features explain little of a forward return; one that explains half of it has seen the future. */
const SQUARED_CORRELATION_MAX = 0.5

/** Names of the features whose newest value alone explains more of the forward return than any honest one can. */
export function leakingFeatures({ inputs, targetsBps, rows, shape }: Dataset): readonly string[] {
  const features = shape.featureNames.length
  const width = shape.steps * features
  return shape.featureNames.filter((_, feature) => {
    let [sx, sy, sxx, syy, sxy] = [0, 0, 0, 0, 0]
    for (let row = 0; row < rows; row += 1) {
      const x = inputs[(row + 1) * width - features + feature]!
      const y = targetsBps[row]!
      sx += x
      sy += y
      sxx += x * x
      syy += y * y
      sxy += x * y
    }
    const covariance = sxy - (sx * sy) / rows
    const variances = (sxx - (sx * sx) / rows) * (syy - (sy * sy) / rows)
    return variances > 0 && covariance ** 2 / variances > SQUARED_CORRELATION_MAX
  })
}
