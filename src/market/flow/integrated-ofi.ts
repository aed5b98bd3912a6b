import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { check } from '../../core/check.ts'

/** How the levels are put together, fitted on a training window. */
export interface IntegratedOfiWeights {
  /** w₁ ÷ ‖w₁‖₁, best level first: absolute values sum to 1. */
  readonly weights: readonly number[]
  /** Share of the variance of the levels' flows that the first principal component holds, fraction. */
  readonly explained: number
}

/**
 * OFI of each level in units of the mean queue, ratio: ofi_m ÷ Q, Q = mean over the M levels of (bid depth + ask depth) ÷ 2 (Cont,
 * Cucuringu, Zhang, "Cross-impact of order flow imbalance in equity markets", Quantitative Finance 23(10), 2023, §2). `ofi`, `bidDepths`,
 * `askDepths` [levels], one unit of size. All `NaN` where no depth stood.
 */
export function normaliseOfi(
  ofi: readonly number[],
  bidDepths: readonly number[],
  askDepths: readonly number[],
): number[] {
  const levels = ofi.length
  check(bidDepths.length === levels && askDepths.length === levels, `depths of ${levels} levels`, bidDepths.length)
  let depth = 0
  for (let level = 0; level < levels; level += 1) depth += (bidDepths[level]! + askDepths[level]!) / 2
  const mean = depth / levels
  return ofi.map((flow) => (mean > 0 ? flow / mean : Number.NaN))
}

/**
 * First principal component of the levels' normalised flows (Cont, Cucuringu, Zhang 2023 §2): unit eigenvector of the covariance matrix
 * with the largest eigenvalue, signed so that its weights sum to more than 0. `rows` [bars][levels], finite, of the training window only.
 * Undefined with fewer than two rows or when no level moves.
 */
export function fitIntegratedOfi(rows: readonly (readonly number[])[]): IntegratedOfiWeights | undefined {
  const levels = rows[0]?.length ?? 0
  if (rows.length < 2 || levels === 0) return undefined
  const covariance = covarianceOf(rows, levels)
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true })
  const total = covariance.trace()
  if (!(total > 0)) return undefined
  const largest = realEigenvalues.indexOf(Math.max(...realEigenvalues))
  const vector = eigenvectorMatrix.getColumn(largest)
  const sum = vector.reduce((all, weight) => all + weight, 0)
  const size = vector.reduce((all, weight) => all + Math.abs(weight), 0)
  const sign = sum < 0 ? -1 : 1
  return { weights: vector.map((weight) => (sign * weight) / size), explained: realEigenvalues[largest]! / total }
}

/** ofi^I = Σ w_m ofi_m of normalised flows, ratio (Cont, Cucuringu, Zhang 2023). Both [levels]. */
export const integratedOfi = ({ weights }: IntegratedOfiWeights, normalised: readonly number[]): number =>
  weights.reduce((sum, weight, level) => sum + weight * normalised[level]!, 0)

/** [levels, levels], divided by the number of rows. */
function covarianceOf(rows: readonly (readonly number[])[], levels: number): Matrix {
  const means = Array.from(
    { length: levels },
    (_, level) => rows.reduce((sum, row) => sum + row[level]!, 0) / rows.length,
  )
  const covariance = Matrix.zeros(levels, levels)
  for (const row of rows) {
    for (let a = 0; a < levels; a += 1) {
      for (let b = a; b < levels; b += 1) {
        const product = ((row[a]! - means[a]!) * (row[b]! - means[b]!)) / rows.length
        covariance.set(a, b, covariance.get(a, b) + product)
      }
    }
  }
  for (let a = 0; a < levels; a += 1) for (let b = 0; b < a; b += 1) covariance.set(a, b, covariance.get(b, a))
  return covariance
}
