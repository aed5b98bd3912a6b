import { check } from '../../core/check.ts'
import { normal, seededRandom } from '../../core/random.ts'

/** ‖W^(2^k)‖^(2^−k) is off by a factor c^(2^−k), c of the order of the size: 1e-4 at most after so many squarings. */
const SQUARINGS = 16
/** Two estimates this close in logarithm: no more squaring. */
const TOLERANCE = 1e-7
/** A larger matrix is not squared, which costs its size to the third power each time. */
const SQUARED_SIZE_MAX = 64
/** Products with a vector, of a larger one. */
const PRODUCTS = 2_048
/** The first of them only turn the vector towards the leading eigenvectors. */
const PRODUCTS_UNHEARD = 512
/** Of the vector to begin with. */
const SEED = 1

/**
 * Largest absolute eigenvalue of `matrix` [size, size], to about 1e-4 of it. Leading eigenvalues of a random matrix are complex pairs of
 * like size, among which power iteration never settles: small matrices go by Gelfand's formula, large ones by the growth of a vector.
 * 0 for a nilpotent matrix.
 */
export function spectralRadius(matrix: ArrayLike<number>, size: number): number {
  check(matrix.length === size * size, `square matrix of side ${size}`, matrix.length)
  return size <= SQUARED_SIZE_MAX ? radiusBySquaring(matrix, size) : radiusByGrowth(matrix, size)
}

/** Gelfand's formula, ρ = lim ‖W^k‖^(1/k), k doubled by squaring. */
function radiusBySquaring(matrix: ArrayLike<number>, size: number): number {
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

/** ln ‖v W^k‖ rises by ln ρ a step, give or take what pairs of eigenvalues swing: the slope of a straight line through many steps. */
function radiusByGrowth(matrix: ArrayLike<number>, size: number): number {
  const entries = entriesOf(matrix, size)
  const random = seededRandom(SEED)
  let vector = Float64Array.from({ length: size }, () => normal(random))
  let logLength = 0
  const middle = (PRODUCTS_UNHEARD + PRODUCTS - 1) / 2
  let [rise, spread] = [0, 0]
  // A nilpotent matrix has nothing left after as many products as it has rows.
  for (let step = 0; step < Math.max(PRODUCTS, size); step += 1) {
    vector = times(vector, entries)
    const length = lengthOf(vector)
    if (length === 0) return 0
    vector = vector.map((value) => value / length)
    logLength += Math.log(length)
    if (step < PRODUCTS_UNHEARD || step >= PRODUCTS) continue
    rise += (step - middle) * logLength
    spread += (step - middle) ** 2
  }
  return Math.exp(rise / spread)
}

/** What of a matrix is not 0, row after row. */
interface Entries {
  /** Place of each row's first entry, and the end of the last: [size + 1]. */
  readonly starts: Int32Array
  readonly to: readonly number[]
  readonly values: readonly number[]
}

function entriesOf(matrix: ArrayLike<number>, size: number): Entries {
  const starts = new Int32Array(size + 1)
  const to: number[] = []
  const values: number[] = []
  for (let i = 0; i < matrix.length; i += 1) {
    if (matrix[i] === 0) continue
    to.push(i % size)
    values.push(matrix[i]!)
    starts[Math.floor(i / size) + 1] = to.length
  }
  // A row without entries ends where it starts.
  for (let row = 1; row <= size; row += 1) starts[row] = Math.max(starts[row]!, starts[row - 1]!)
  return { starts, to, values }
}

function times(vector: Float64Array, { starts, to, values }: Entries): Float64Array<ArrayBuffer> {
  const product = new Float64Array(vector.length)
  for (const [row, factor] of vector.entries()) {
    for (let i = starts[row]!; i < starts[row + 1]!; i += 1) product[to[i]!]! += factor * values[i]!
  }
  return product
}

function lengthOf(vector: Float64Array): number {
  let squares = 0
  for (const value of vector) squares += value * value
  return Math.sqrt(squares)
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
