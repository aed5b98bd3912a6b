import { check } from '../../core/check.ts'

/** Error function to 1.2e-7 (Press et al., Numerical Recipes, § 6.2, erfc by Chebyshev fitting). */
function erfc(x: number): number {
  const t = 1 / (1 + 0.5 * Math.abs(x))
  const series = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ]
  const exponent = series.reduceRight((sum, coefficient) => sum * t + coefficient, 0)
  const value = t * Math.exp(-x * x + exponent)
  return x >= 0 ? value : 2 - value
}

/** Distribution function of the standard normal law, to 1.2e-7 of the smaller tail. */
export const normalCdf = (x: number): number => 0.5 * erfc(-x * Math.SQRT1_2)

/** Quantile of the standard normal law by bisection. `level` above 0 and below 1. */
export function normalQuantile(level: number): number {
  check(level > 0 && level < 1, 'level between 0 and 1', level)
  let [low, high] = [-9, 9]
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2
    if (normalCdf(middle) < level) low = middle
    else high = middle
  }
  return (low + high) / 2
}
