import { check } from '../../core/check.ts'

/** ‖W^(2^k)‖^(2^−k) is off by a factor c^(2^−k), c of the order of the size: 1e-4 at most after so many squarings. */
const SQUARINGS = 16
/** Two estimates this close in logarithm: no more squaring. */
const TOLERANCE = 1e-7

/**
 * Largest absolute eigenvalue of `matrix` [size, size] by Gelfand's formula, ρ = lim ‖W^k‖^(1/k), k doubled by squaring. Unlike power
 * iteration it does not mind that the leading eigenvalues of a random matrix are complex pairs of like size. 0 for a nilpotent matrix.
 */
export function spectralRadius(matrix: ArrayLike<number>, size: number): number {
  check(matrix.length === size * size, `square matrix of side ${size}`, matrix.length)
  let power = Float64Array.from(matrix)
  let logRadius = 0
  let exponent = 1
  let scaleLog = 0
  for (let k = 0; k <= SQUARINGS; k += 1) {
    const norm = Math.hypot(...rowNorms(power, size))
    if (norm === 0) return 0
    scaleLog += Math.log(norm)
    const estimate = scaleLog / exponent
    if (k > 0 && Math.abs(estimate - logRadius) < TOLERANCE) return Math.exp(estimate)
    logRadius = estimate
    power = squared(
      power.map((value) => value / norm),
      size,
    )
    scaleLog *= 2
    exponent *= 2
  }
  return Math.exp(logRadius)
}

const rowNorms = (matrix: Float64Array, size: number): number[] =>
  Array.from({ length: size }, (_, row) => Math.hypot(...matrix.subarray(row * size, (row + 1) * size)))

function squared(matrix: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const product = new Float64Array(size * size)
  for (let i = 0; i < size; i += 1) {
    const out = product.subarray(i * size, (i + 1) * size)
    for (let k = 0; k < size; k += 1) {
      const value = matrix[i * size + k]!
      if (value === 0) continue
      const row = matrix.subarray(k * size, (k + 1) * size)
      for (let j = 0; j < size; j += 1) out[j]! += value * row[j]!
    }
  }
  return product
}
