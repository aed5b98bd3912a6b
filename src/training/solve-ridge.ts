import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { check } from '../core/check.ts'
import type { LinearHead } from '../model/ridge-forecaster.ts'
import type { RowBlocks } from './row-blocks.ts'
import { denseBlocks } from './row-blocks.ts'

/** What a least-squares problem needs to know of its columns, centred. */
export interface ColumnMoments {
  readonly rows: number
  /** Of each row; absent: 1. */
  readonly weights?: Float64Array
  /** Σ of the weights; the means and products below are weighted ones. */
  readonly total: number
  readonly means: Float64Array
  /** (XᵀX) / n, centred. */
  readonly gram: Matrix
}

interface TargetMoments {
  readonly means: Float64Array
  /** (XᵀY) / n, centred, [width, outputs]. */
  readonly cross: Matrix
}

/** Most of the work of a fit: hand it to every fit on the same rows. `weights`: importance of each row, absent: all equal. */
export function columnMoments(x: RowBlocks, weights?: Float64Array): ColumnMoments {
  const { rows, width } = x
  check(rows > width, `rows to fit ${width} weights`, rows)
  const means = new Float64Array(width)
  const gram = new Float64Array(width * width)
  let total = 0
  let at = 0
  for (const block of x.blocks()) {
    for (let from = 0; from < block.length; from += width, at += 1) {
      const weight = weights?.[at] ?? 1
      total += weight
      for (let i = 0; i < width; i += 1) {
        const value = weight * block[from + i]!
        means[i]! += value
        if (value === 0) continue
        for (let j = i; j < width; j += 1) gram[i * width + j]! += value * block[from + j]!
      }
    }
  }
  check(total > 0, 'weights of rows that add up to more than 0', total)
  for (let i = 0; i < width; i += 1) means[i]! /= total
  const centred = new Matrix(width, width)
  for (let i = 0; i < width; i += 1) {
    for (let j = i; j < width; j += 1) {
      const value = gram[i * width + j]! / total - means[i]! * means[j]!
      centred.set(i, j, value)
      centred.set(j, i, value)
    }
  }
  return { rows, total, ...(weights && { weights }), means, gram: centred }
}

/** `y`: [rows, outputs]. */
function targetMoments(x: RowBlocks, y: Float64Array, columns: ColumnMoments): TargetMoments {
  const { rows, total, weights, means: columnMeans } = columns
  const { width } = x
  const outputs = y.length / rows
  const means = new Float64Array(outputs)
  const cross = new Float64Array(width * outputs)
  let row = 0
  for (const block of x.blocks()) {
    for (let from = 0; from < block.length; from += width, row += 1) {
      const weight = weights?.[row] ?? 1
      for (let k = 0; k < outputs; k += 1) means[k]! += weight * y[row * outputs + k]!
      for (let i = 0; i < width; i += 1) {
        const value = weight * block[from + i]!
        for (let k = 0; k < outputs; k += 1) cross[i * outputs + k]! += value * y[row * outputs + k]!
      }
    }
  }
  for (let k = 0; k < outputs; k += 1) means[k]! /= total
  const centred = new Matrix(width, outputs)
  for (let i = 0; i < width; i += 1) {
    for (let k = 0; k < outputs; k += 1) {
      centred.set(i, k, cross[i * outputs + k]! / total - columnMeans[i]! * means[k]!)
    }
  }
  return { means, cross: centred }
}

/** (G + λI)⁻¹ C by Cholesky. `gram` [width, width] symmetric; `cross` [width, outputs]. */
export function solveNormal(gram: Matrix, cross: Matrix, penalty: number): Matrix {
  const cholesky = new CholeskyDecomposition(Matrix.add(gram, Matrix.eye(gram.rows).mul(penalty)))
  check(penalty >= 0 && cholesky.isPositiveDefinite(), 'positive definite system at penalty', penalty)
  return cholesky.solve(cross)
}

/**
 * Ridge regression in closed form, one head per penalty: w = (XᵀX/n + λI)⁻¹ Xᵀy/n on centred columns, the bias unpenalised
 * (Hoerl and Kennard 1970), weighted where `columns` are. Solved by Cholesky. Each penalty > 0. `columns`: of `x`.
 */
export function solveRidge(
  x: RowBlocks,
  y: Float64Array,
  penalties: readonly number[],
  columns = columnMoments(x),
): readonly LinearHead[] {
  const { means, gram } = columns
  const { means: targetMeans, cross } = targetMoments(x, y, columns)
  return penalties.map((penalty) => {
    const weights = Float32Array.from(solveNormal(gram, cross, penalty).to1DArray())
    const bias = weights.reduce((sum, weight, i) => sum - weight * means[i]!, targetMeans[0]!)
    return { weights, bias }
  })
}

/** y = x·W + b, in double precision. */
export interface LinearMap {
  readonly width: number
  readonly outputs: number
  /** [width, outputs] row-major. */
  readonly weights: Float64Array
  /** [outputs] */
  readonly biases: Float64Array
}

/** The same regression for many targets at once, which share one factorised Gram matrix. `y`: [rows, outputs] row-major. */
export function solveRidgeMap(x: Float64Array, y: Float64Array, width: number, penalty: number): LinearMap {
  const outputs = (y.length * width) / x.length
  check(Number.isInteger(outputs) && outputs > 0, 'whole targets in each row', outputs)
  const rows = denseBlocks(x, width)
  const columns = columnMoments(rows)
  const { means, gram } = columns
  const { means: targetMeans, cross } = targetMoments(rows, y, columns)
  const weights = Float64Array.from(solveNormal(gram, cross, penalty).to1DArray())
  const biases = targetMeans.map((mean, k) =>
    means.reduce((rest, columnMean, i) => rest - columnMean * weights[i * outputs + k]!, mean),
  )
  return { width, outputs, weights, biases }
}

/** x·W + b for every row of `x` [rows, width]: [rows, outputs]. Four rows at a time share each weight read. */
export function applyMap({ width, outputs, weights, biases }: LinearMap, x: Float64Array): Float64Array {
  const rows = x.length / width
  const columns = new Float64Array(weights.length)
  for (let i = 0; i < weights.length; i += 1) columns[(i % outputs) * width + Math.floor(i / outputs)] = weights[i]!
  const y = new Float64Array(rows * outputs)
  let row = 0
  for (; row + 4 <= rows; row += 4) {
    const [a, b, c, d] = [row * width, (row + 1) * width, (row + 2) * width, (row + 3) * width]
    for (let k = 0; k < outputs; k += 1) {
      let [p, q, r, s] = [biases[k]!, biases[k]!, biases[k]!, biases[k]!]
      for (let i = 0; i < width; i += 1) {
        const weight = columns[k * width + i]!
        p += weight * x[a + i]!
        q += weight * x[b + i]!
        r += weight * x[c + i]!
        s += weight * x[d + i]!
      }
      y[row * outputs + k] = p
      y[(row + 1) * outputs + k] = q
      y[(row + 2) * outputs + k] = r
      y[(row + 3) * outputs + k] = s
    }
  }
  for (; row < rows; row += 1) {
    for (let k = 0; k < outputs; k += 1) {
      let sum = biases[k]!
      for (let i = 0; i < width; i += 1) sum += columns[k * width + i]! * x[row * width + i]!
      y[row * outputs + k] = sum
    }
  }
  return y
}

/** w·x + b of every head for every row of `x`: [heads][rows]. */
export function predictAll(heads: readonly LinearHead[], x: RowBlocks): readonly Float64Array[] {
  const { rows, width } = x
  const predicted = heads.map(() => new Float64Array(rows))
  let row = 0
  for (const block of x.blocks()) {
    for (let from = 0; from < block.length; from += width, row += 1) {
      for (let k = 0; k < heads.length; k += 1) {
        const { weights, bias } = heads[k]!
        let sum = bias
        for (let i = 0; i < width; i += 1) sum += weights[i]! * block[from + i]!
        predicted[k]![row] = sum
      }
    }
  }
  return predicted
}

/** w·x + b for every row of `x`. */
export const predict = (head: LinearHead, x: RowBlocks): Float64Array => predictAll([head], x)[0]!

/** Mean squared error. */
export const squaredError = (found: Float64Array, expected: Float64Array): number =>
  found.reduce((sum, value, i) => sum + (value - expected[i]!) ** 2, 0) / Math.max(1, found.length)
