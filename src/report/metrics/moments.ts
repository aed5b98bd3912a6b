export const meanOf = (values: ArrayLike<number>): number => sumOf(values, (value) => value) / values.length

export function sumOf(values: ArrayLike<number>, term: (value: number) => number): number {
  let sum = 0
  for (let i = 0; i < values.length; i += 1) sum += term(values[i]!)
  return sum
}

/** Below this share of the mean size a spread is rounding, not variation. */
const NOISE = 1e-12

export interface Moments {
  readonly mean: number
  /** With n − 1; 0 where nothing but rounding varies. */
  readonly deviation: number
  /** Of the population formulas: third and fourth central moments over powers of the variance; 0 and 0 without variation. */
  readonly skewness: number
  /** Not in excess: 3 for a normal law. */
  readonly kurtosis: number
}

export function momentsOf(values: ArrayLike<number>): Moments {
  const n = values.length
  const mean = meanOf(values)
  const power = (exponent: number): number => sumOf(values, (value) => (value - mean) ** exponent) / n
  const variance = power(2)
  const size = sumOf(values, Math.abs) / n
  if (n < 2 || !(Math.sqrt(variance) > NOISE * size)) return { mean, deviation: 0, skewness: 0, kurtosis: 0 }
  return {
    mean,
    deviation: Math.sqrt((variance * n) / (n - 1)),
    skewness: power(3) / variance ** 1.5,
    kurtosis: power(4) / variance ** 2,
  }
}

/** Sample quantile between order statistics (type 7 of Hyndman and Fan 1996). `sorted` ascending, not empty. */
export function quantileOf(sorted: ArrayLike<number>, level: number): number {
  const position = level * (sorted.length - 1)
  const below = Math.floor(position)
  const low = sorted[below]!
  return low + (position - below) * ((sorted[below + 1] ?? low) - low)
}
