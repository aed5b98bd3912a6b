import { meanOf } from './moments.ts'

/**
 * Variance of √n times the mean of a dependent series: γ₀ + 2·Σ (1 − k/(lag + 1))·γ_k over k = 1..lag (Newey and West 1987, eq. 5). γ_k are
 * sample autocovariances over n. Never below 0. `lag` below the length of `values`.
 */
export function longRunVariance(values: Float64Array, lag: number): number {
  const n = values.length
  const mean = meanOf(values)
  const centred = values.map((value) => value - mean)
  let total = 0
  for (let k = 0; k <= lag; k += 1) {
    let covariance = 0
    for (let i = k; i < n; i += 1) covariance += centred[i]! * centred[i - k]!
    total += (k === 0 ? 1 : 2 * (1 - k / (lag + 1))) * (covariance / n)
  }
  return Math.max(0, total)
}
