import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { check } from '../../core/check.ts'

/** P(class k | x) = softmax(W x + b)_k. */
export interface LogisticModel {
  readonly width: number
  readonly classes: number
  /** [classes, width + 1] row-major; the last of each row is the bias. */
  readonly weights: Float64Array
}

export interface LogisticFit extends LogisticModel {
  /** Mean negative log-likelihood + penalty/2 Σ w², nats. */
  readonly loss: number
  /** Largest absolute entry. */
  readonly gradientMax: number
  readonly iterations: number
}

interface LogisticProblem {
  /** [rows, width] row-major, about centred and scaled. */
  readonly x: Float64Array
  /** [rows], from 0 to classes − 1. */
  readonly y: ArrayLike<number>
  readonly width: number
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
  const { x, y, width, classes, penalty } = problem
  check(penalty > 0, 'logistic penalty > 0', penalty)
  check(y.length > 0 && x.length === y.length * width, `inputs of ${y.length} rows`, x.length)
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
export function logisticProbabilities({ width, classes, weights }: LogisticModel, x: Float64Array): Float64Array {
  const rows = x.length / width
  const probabilities = new Float64Array(rows * classes)
  for (let row = 0; row < rows; row += 1) {
    const logits = probabilities.subarray(row * classes, (row + 1) * classes)
    for (let k = 0; k < classes; k += 1) {
      const from = k * (width + 1)
      let logit = weights[from + width]!
      for (let i = 0; i < width; i += 1) logit += weights[from + i]! * x[row * width + i]!
      logits[k] = logit
    }
    softmax(logits)
  }
  return probabilities
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

function gradientAt(problem: LogisticProblem, weights: Float64Array) {
  const { x, y, width, classes, penalty } = problem
  const rows = y.length
  const probabilities = logisticProbabilities({ width, classes, weights }, x)
  const gradient = new Float64Array(weights.length)
  let loss = 0
  for (let row = 0; row < rows; row += 1) {
    loss -= Math.log(probabilities[row * classes + y[row]!]!) / rows
    for (let k = 0; k < classes; k += 1) {
      const error = (probabilities[row * classes + k]! - (y[row] === k ? 1 : 0)) / rows
      const from = k * (width + 1)
      for (let i = 0; i < width; i += 1) gradient[from + i]! += error * x[row * width + i]!
      gradient[from + width]! += error
    }
  }
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
function hessianAt({ x, y, width, classes, penalty }: LogisticProblem, weights: Float64Array): Matrix {
  const rows = y.length
  const side = width + 1
  const probabilities = logisticProbabilities({ width, classes, weights }, x)
  const hessian = new Matrix(classes * side, classes * side)
  const extended = new Float64Array(side).fill(1)
  for (let k = 0; k < classes; k += 1) {
    for (let l = k; l < classes; l += 1) {
      const block = new Float64Array(side * side)
      for (let row = 0; row < rows; row += 1) {
        const p = probabilities[row * classes + k]!
        const curvature = (p * ((k === l ? 1 : 0) - probabilities[row * classes + l]!)) / rows
        extended.set(x.subarray(row * width, (row + 1) * width))
        addOuter(block, extended, curvature)
      }
      // The loss does not change when all biases move together; curvature along that line makes the system definite, the step is the same.
      block[side * side - 1]! += 1
      if (k === l) for (let i = 0; i < width; i += 1) block[i * side + i]! += penalty
      for (let i = 0; i < side; i += 1) {
        for (let j = 0; j < side; j += 1) {
          const value = block[Math.min(i, j) * side + Math.max(i, j)]!
          hessian.set(k * side + i, l * side + j, value)
          hessian.set(l * side + j, k * side + i, value)
        }
      }
    }
  }
  return hessian
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
