const SERIES_BELOW = 2
const SERIES_TERMS = 60
/** exp(−x²) underflows from here on. */
const ZERO_FROM = 27.3

/** erfc(x) for x ≥ 0 to about 1e-14 of itself, by its power series and its continued fraction (Abramowitz and Stegun 7.1.6, 7.1.14). */
function erfc(x: number): number {
  if (x < SERIES_BELOW) {
    let term = x
    let sum = x
    for (let n = 1; n < SERIES_TERMS && term > sum * Number.EPSILON; n += 1) {
      term *= (2 * x * x) / (2 * n + 1)
      sum += term
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
  }
  if (x > ZERO_FROM) return 0
  let denominator = x
  // The further out, the sooner it has converged.
  for (let k = Math.ceil(8 + 200 / (x * x)); k > 0; k -= 1) denominator = x + k / 2 / denominator
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * denominator)
}

/** Distribution function of the standard normal law. */
const cdf = (x: number): number => (x < 0 ? erfc(-x * Math.SQRT1_2) / 2 : 1 - erfc(x * Math.SQRT1_2) / 2)

/**
 * Logarithm of the mass that the standard normal law has between `a` < `b`; −Infinity where it underflows, some 38 deviations out. Taken
 * in the left tail always: in the right one the difference would be lost in rounding.
 */
export const logNormalMass = (a: number, b: number): number => Math.log(a > 0 ? cdf(-a) - cdf(-b) : cdf(b) - cdf(a))
