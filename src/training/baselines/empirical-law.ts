import { check } from '../../core/check.ts'
import { quantilesOf } from '../scores.ts'

/** Law of a sample: its quantiles, and shares smoothed so that none is 0. */
export interface EmpiricalLaw {
  readonly mean: number
  quantiles(levels: readonly number[]): readonly number[]
  /** Probabilities of below −`threshold`, between, and above `threshold`. */
  classShares(threshold: number): readonly [down: number, flat: number, up: number]
}

/** Add-one smoothing (Laplace). */
export function empiricalLaw(sample: Float64Array): EmpiricalLaw {
  const n = sample.length
  check(n > 0, 'sample of an empirical law', n)
  const sorted = sample.slice().sort()
  return {
    mean: meanOf(sample),
    quantiles: (levels) => quantilesOf(sorted, levels),
    classShares(threshold) {
      const down = countBelow(sorted, -threshold, false)
      const up = n - countBelow(sorted, threshold, true)
      return [(down + 1) / (n + 3), (n - down - up + 1) / (n + 3), (up + 1) / (n + 3)]
    },
  }
}

export const meanOf = (sample: Float64Array): number => sample.reduce((sum, value) => sum + value, 0) / sample.length

/** How many values lie below `limit`, or, inclusive, up to it. */
function countBelow(sorted: Float64Array, limit: number, inclusive: boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const isBelow = inclusive ? sorted[middle]! <= limit : sorted[middle]! < limit
    if (isBelow) low = middle + 1
    else high = middle
  }
  return low
}
