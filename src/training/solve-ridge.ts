import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { check } from '../core/check.ts'
import type { LinearHead } from '../model/ridge-forecaster.ts'

/** Sufficient statistics of a linear least-squares problem on centred columns. */
interface Moments {
  readonly means: Float64Array
  readonly targetMean: number
  /** (XᵀX) / n, centred. */
  readonly gram: Matrix
  /** (Xᵀy) / n, centred, a column. */
  readonly cross: Matrix
}

/** `x`: [rows, width] row-major; `y`: [rows]. */
function momentsOf(x: Float64Array, y: Float64Array, width: number): Moments {
  const rows = y.length
  check(rows > width, `rows to fit ${width} weights`, rows)
  const means = new Float64Array(width)
  const cross = new Float64Array(width)
  const gram = new Float64Array(width * width)
  let targetSum = 0
  for (let row = 0; row < rows; row += 1) {
    targetSum += y[row]!
    for (let i = 0; i < width; i += 1) {
      const value = x[row * width + i]!
      means[i]! += value
      cross[i]! += value * y[row]!
      if (value === 0) continue
      for (let j = i; j < width; j += 1) gram[i * width + j]! += value * x[row * width + j]!
    }
  }
  const targetMean = targetSum / rows
  for (let i = 0; i < width; i += 1) means[i]! /= rows
  const centred = new Matrix(width, width)
  for (let i = 0; i < width; i += 1) {
    for (let j = i; j < width; j += 1) {
      const value = gram[i * width + j]! / rows - means[i]! * means[j]!
      centred.set(i, j, value)
      centred.set(j, i, value)
    }
  }
  const crossCentred = Matrix.columnVector(Array.from(cross, (value, i) => value / rows - means[i]! * targetMean))
  return { means, targetMean, gram: centred, cross: crossCentred }
}

/**
 * Ridge regression in closed form, one head per penalty: w = (XᵀX/n + λI)⁻¹ Xᵀy/n on centred columns, the bias unpenalised
 * (Hoerl and Kennard 1970). Solved by Cholesky. `x`: [rows, width] row-major. Each penalty > 0.
 */
export function solveRidge(
  x: Float64Array,
  y: Float64Array,
  width: number,
  penalties: readonly number[],
): readonly LinearHead[] {
  const { means, targetMean, gram, cross } = momentsOf(x, y, width)
  return penalties.map((penalty) => {
    const cholesky = new CholeskyDecomposition(Matrix.add(gram, Matrix.eye(width, width).mul(penalty)))
    check(penalty > 0 && cholesky.isPositiveDefinite(), 'positive definite system at penalty', penalty)
    const weights = Float32Array.from(cholesky.solve(cross).to1DArray())
    const bias = weights.reduce((sum, weight, i) => sum - weight * means[i]!, targetMean)
    return { weights, bias }
  })
}

/** w·x + b for every row of `x` [rows, width]. */
export function predict({ weights, bias }: LinearHead, x: Float64Array): Float64Array {
  const width = weights.length
  const predicted = new Float64Array(x.length / width)
  for (let row = 0; row < predicted.length; row += 1) {
    let sum = bias
    for (let i = 0; i < width; i += 1) sum += weights[i]! * x[row * width + i]!
    predicted[row] = sum
  }
  return predicted
}

/** Mean squared error. */
export const squaredError = (found: Float64Array, expected: Float64Array): number =>
  found.reduce((sum, value, i) => sum + (value - expected[i]!) ** 2, 0) / Math.max(1, found.length)
