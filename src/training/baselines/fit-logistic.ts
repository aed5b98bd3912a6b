import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { check } from '../../core/check.ts'
import type { RowBlocks } from '../row-blocks.ts'

/** P(class k | x) = softmax(W x + b)_k. */
export interface LogisticModel {
  readonly width: number
  readonly classes: number
  /** [classes, width + 1] row-major; the last of each row is the bias. */
  readonly weights: Float64Array
}

export interface LogisticFit extends LogisticModel {
  /** (Weighted) mean negative log-likelihood + penalty/2 Σ w², nats. */
  readonly loss: number
  /** Largest absolute entry. */
  readonly gradientMax: number
  readonly iterations: number
}

interface LogisticProblem {
  /** About centred and scaled. */
  readonly x: RowBlocks
  /** [rows], from 0 to classes − 1. */
  readonly y: ArrayLike<number>
  /** Importance of each row, ≥ 0; absent: all equal. */
  readonly rowWeights?: Float64Array
  readonly classes: number
  /** On squared weights, not on biases, > 0: with it the optimum is unique but for a shift common to all biases. */
  readonly penalty: number
}

const GRADIENT_MAX = 1e-10
const ITERATIONS_MAX = 50
/** Below this gain of a full step the loss is quadratic to rounding. */
const GAIN_MIN = 1e-13
const ARMIJO = 1e-4

/**
 * Multinomial logistic regression with an L2 penalty, by Newton's method with step halving: iteratively reweighted least squares (Hastie,
 * Tibshirani and Friedman 2009, §4.4.1; Böhning 1992). Biases sum to 0.
 */
export function fitLogistic(problem: LogisticProblem): LogisticFit {
  const { x, y, classes, penalty } = problem
  const { width } = x
  check(penalty > 0, 'logistic penalty > 0', penalty)
  check(y.length > 0 && x.rows === y.length, `inputs of ${y.length} rows`, x.rows)
  let weights = new Float64Array(classes * (width + 1))
  let { loss, gradient } = gradientAt(problem, weights)
  let iterations = 0
  while (largest(gradient) > GRADIENT_MAX && iterations < ITERATIONS_MAX) {
    const step = newtonStep(problem, weights, gradient)
    const gain = step.reduce((sum, value, i) => sum + value * gradient[i]!, 0)
    let share = 1
    let next = moved(weights, step, share)
    let found = gradientAt(problem, next)
    while (gain > GAIN_MIN && found.loss > loss - ARMIJO * share * gain) {
      share /= 2
      next = moved(weights, step, share)
      found = gradientAt(problem, next)
    }
    weights = next
    loss = found.loss
    gradient = found.gradient
    iterations += 1
  }
  return { width, classes, weights, loss, gradientMax: largest(gradient), iterations }
}

/** [rows, classes], each row sums to 1. */
export function logisticProbabilities(model: LogisticModel, x: RowBlocks): Float64Array {
  const probabilities = new Float64Array(x.rows * model.classes)
  let at = 0
  for (const block of x.blocks()) {
    const part = probabilities.subarray(at, at + (block.length / model.width) * model.classes)
    setProbabilities(model, block, part)
    at += part.length
  }
  return probabilities
}

/** Of the rows of `block` [n, width] into `into` [n, classes]. */
function setProbabilities({ width, classes, weights }: LogisticModel, block: Float64Array, into: Float64Array): void {
  const rows = block.length / width
  for (let row = 0; row < rows; row += 1) {
    const logits = into.subarray(row * classes, (row + 1) * classes)
    for (let k = 0; k < classes; k += 1) {
      const from = k * (width + 1)
      let logit = weights[from + width]!
      for (let i = 0; i < width; i += 1) logit += weights[from + i]! * block[row * width + i]!
      logits[k] = logit
    }
    softmax(logits)
  }
}

/** In place. */
function softmax(logits: Float64Array): void {
  const most = logits.reduce((max, value) => Math.max(max, value), Number.NEGATIVE_INFINITY)
  let sum = 0
  for (let k = 0; k < logits.length; k += 1) {
    logits[k] = Math.exp(logits[k]! - most)
    sum += logits[k]!
  }
  for (let k = 0; k < logits.length; k += 1) logits[k]! /= sum
}

const largest = (values: Float64Array): number => values.reduce((max, value) => Math.max(max, Math.abs(value)), 0)

const moved = (weights: Float64Array, step: Float64Array, share: number): Float64Array<ArrayBuffer> =>
  Float64Array.from(weights, (weight, i) => weight - share * step[i]!)

/** Calls `see` with every row: `x` holds it from `from` on, `p` its probabilities. */
function eachRow(
  { x, classes }: LogisticProblem,
  weights: Float64Array,
  see: (row: number, x: Float64Array, from: number, p: Float64Array) => void,
): void {
  const { width } = x
  let row = 0
  for (const block of x.blocks()) {
    const probabilities = new Float64Array((block.length / width) * classes)
    setProbabilities({ width, classes, weights }, block, probabilities)
    for (let i = 0; i * width < block.length; i += 1, row += 1) {
      see(row, block, i * width, probabilities.subarray(i * classes, (i + 1) * classes))
    }
  }
}

/** What each row counts: its weight, and the sum of all of them. */
function importanceOf({ y, rowWeights }: LogisticProblem): {
  readonly of: (row: number) => number
  readonly total: number
} {
  if (!rowWeights) return { of: () => 1, total: y.length }
  const total = rowWeights.reduce((sum, weight) => sum + weight, 0)
  check(total > 0, 'weights of rows that add up to more than 0', total)
  return { of: (row) => rowWeights[row]!, total }
}

function gradientAt(problem: LogisticProblem, weights: Float64Array) {
  const { y, classes, penalty } = problem
  const { width } = problem.x
  const importance = importanceOf(problem)
  const gradient = new Float64Array(weights.length)
  let loss = 0
  eachRow(problem, weights, (row, x, at, p) => {
    const weight = importance.of(row)
    loss -= (weight * Math.log(p[y[row]!]!)) / importance.total
    for (let k = 0; k < classes; k += 1) {
      const error = (weight * (p[k]! - (y[row] === k ? 1 : 0))) / importance.total
      const from = k * (width + 1)
      for (let i = 0; i < width; i += 1) gradient[from + i]! += error * x[at + i]!
      gradient[from + width]! += error
    }
  })
  for (let at = 0; at < weights.length; at += 1) {
    if (at % (width + 1) === width) continue
    gradient[at]! += penalty * weights[at]!
    loss += (penalty / 2) * weights[at]! ** 2
  }
  return { loss, gradient }
}

/** H⁻¹ g. */
function newtonStep(problem: LogisticProblem, weights: Float64Array, gradient: Float64Array): Float64Array {
  const cholesky = new CholeskyDecomposition(hessianAt(problem, weights))
  check(cholesky.isPositiveDefinite(), 'positive definite Hessian of the logistic loss at penalty', problem.penalty)
  return Float64Array.from(cholesky.solve(Matrix.columnVector(Array.from(gradient))).to1DArray())
}

/** Blocks Σ p_k (δ_kl − p_l) x xᵀ / n, with the bias as a last column of ones. */
function hessianAt(problem: LogisticProblem, weights: Float64Array): Matrix {
  const { classes, penalty } = problem
  const side = problem.x.width + 1
  const hessian = new Matrix(classes * side, classes * side)
  for (const { k, l, block } of curvatures(problem, weights)) {
    // The loss does not change when all biases move together; curvature along that line makes the system definite, the step is the same.
    block[side * side - 1]! += 1
    if (k === l) for (let i = 0; i < side - 1; i += 1) block[i * side + i]! += penalty
    for (let i = 0; i < side; i += 1) {
      for (let j = 0; j < side; j += 1) {
        const value = block[Math.min(i, j) * side + Math.max(i, j)]!
        hessian.set(k * side + i, l * side + j, value)
        hessian.set(l * side + j, k * side + i, value)
      }
    }
  }
  return hessian
}

/** The upper triangle of each block k ≤ l, in one pass over the rows. */
function curvatures(problem: LogisticProblem, weights: Float64Array) {
  const { classes } = problem
  const { width } = problem.x
  const side = width + 1
  const importance = importanceOf(problem)
  const pairs = Array.from({ length: classes }, (_, k) =>
    Array.from({ length: classes - k }, (__, i) => ({ k, l: k + i, block: new Float64Array(side * side) })),
  ).flat()
  const extended = new Float64Array(side).fill(1)
  eachRow(problem, weights, (row, x, at, p) => {
    const weight = importance.of(row)
    extended.set(x.subarray(at, at + width))
    for (const { k, l, block } of pairs) {
      addOuter(block, extended, (weight * p[k]! * ((k === l ? 1 : 0) - p[l]!)) / importance.total)
    }
  })
  return pairs
}

/** Upper triangle of `block` += factor x xᵀ. */
function addOuter(block: Float64Array, x: Float64Array, factor: number): void {
  const side = x.length
  for (let i = 0; i < side; i += 1) {
    const scaled = factor * x[i]!
    if (scaled === 0) continue
    for (let j = i; j < side; j += 1) block[i * side + j]! += scaled * x[j]!
  }
}
