/** Counts in an empty bin stand for half a row, so that its logarithm is finite. */
const EMPTY_BIN = 0.5

/**
 * Population stability index Σ (p − q) ln(p / q) of the shares `expected` and of `counts`, bin by bin (the symmetrised divergence of
 * Kullback and Leibler 1951; customary reading: above 0.1 a shift, above 0.25 a large one). Of independent rows without a shift it is about
 * (bins − 1)(1 / n + 1 / m) on average (Yurdakul 2018).
 */
export function stabilityIndex(expected: readonly number[], expectedRows: number, counts: ArrayLike<number>): number {
  const rows = sumOf(counts)
  let index = 0
  for (const [bin, share] of expected.entries()) {
    const p = Math.max(counts[bin]!, EMPTY_BIN) / rows
    const q = Math.max(share, EMPTY_BIN / expectedRows)
    index += (p - q) * Math.log(p / q)
  }
  return index
}

/**
 * Greatest gap of the two distribution functions at the borders of the bins: the Kolmogorov–Smirnov statistic of values known only by
 * their bin, at most that of the values themselves.
 */
export function binnedKs(expected: readonly number[], counts: ArrayLike<number>): number {
  const rows = sumOf(counts)
  let [gap, greatest] = [0, 0]
  for (const [bin, share] of expected.entries()) {
    gap += counts[bin]! / rows - share
    greatest = Math.max(greatest, Math.abs(gap))
  }
  return greatest
}

/** Statistic that two samples of one law exceed with a probability of about `level`: √(−ln(level / 2) / 2) · √((n + m) / nm) (Smirnov 1948). */
export const ksLimit = (level: number, n: number, m: number): number =>
  Math.sqrt(-Math.log(level / 2) / 2) * Math.sqrt((n + m) / (n * m))

function sumOf(counts: ArrayLike<number>): number {
  let sum = 0
  for (let bin = 0; bin < counts.length; bin += 1) sum += counts[bin]!
  return sum
}
