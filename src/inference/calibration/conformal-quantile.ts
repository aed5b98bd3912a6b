/** A product like 0.9 · 10 must not become 9.000000000000002 and then 10. */
const ROUNDING = 1e-9

/**
 * The ⌈(1 − `miss`)(n + 1)⌉-th least of `sorted` scores (ascending; Romano, Patterson and Candès 2019, eq. 8): a new score of the same law
 * exceeds it with a probability of at most `miss`. Infinity where n is too small to say; −Infinity for a `miss` of 1 or more.
 */
export function conformalQuantile(sorted: ArrayLike<number>, miss: number): number {
  const rank = Math.ceil((1 - miss) * (sorted.length + 1) - ROUNDING)
  if (rank < 1) return Number.NEGATIVE_INFINITY
  return sorted[rank - 1] ?? Number.POSITIVE_INFINITY
}

/** How far `actual` lies outside of [low, high]; below 0: inside, by so much. */
export const conformalScore = (actual: number, low: number, high: number): number =>
  Math.max(low - actual, actual - high)
