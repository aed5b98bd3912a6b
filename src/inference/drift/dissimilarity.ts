import type { Reference } from '../../model/bundle/reference-schema.ts'

/** One wild feature is not to decide alone, and the model's own scaler cuts it off about there. */
const DEVIATIONS_MAX = 10

/** `value` in deviations from `mean`, within ±10. A feature that never moved in training has no scale: it is left out of distances, and its bins tell that it moves. */
export function standardised(value: number, mean: number, deviation: number): number {
  if (deviation > 0) return Math.max(-DEVIATIONS_MAX, Math.min(DEVIATIONS_MAX, (value - mean) / deviation))
  return 0
}

/**
 * How far a row lies from those of training: distance to the nearest centroid ÷ mean distance of two training rows, all in deviations of
 * each feature. FreqAI's dissimilarity index looks for the nearest training row instead; by the triangle inequality the two differ by at
 * most the distance of that row to its centroid. This one costs centroids × features per row, however many rows there were.
 * `scratch`: [features], overwritten.
 */
export function dissimilarity(values: ArrayLike<number>, reference: Reference, scratch: Float64Array): number {
  const { means, deviations, centroids, pairDistanceMean } = reference
  for (let i = 0; i < scratch.length; i += 1) scratch[i] = standardised(values[i]!, means[i]!, deviations[i]!)
  let nearest = Number.POSITIVE_INFINITY
  for (const centroid of centroids) nearest = Math.min(nearest, squaredDistance(scratch, centroid, nearest))
  return Math.sqrt(nearest) / pairDistanceMean
}

/** Left off as soon as it is beyond `enough`. */
function squaredDistance(a: Float64Array, b: readonly number[], enough: number): number {
  let sum = 0
  for (let i = 0; i < a.length && sum < enough; i += 1) sum += (a[i]! - b[i]!) ** 2
  return sum
}
