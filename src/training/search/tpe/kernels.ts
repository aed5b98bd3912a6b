import type { Random } from '../../../core/random.ts'
import type { Json } from '../search-space.ts'

/** Kernels of one parameter: one per observation and, as the last, the prior's. */
export interface Kernels {
  draw(kernel: number, random: Random): Json
  /** Log-density of `value` under each kernel, added to `into`. Of a parameter on a log scale: on that scale. */
  addLogDensities(value: Json, into: Float64Array): void
}

/** The first place at which the running sum of `weights` exceeds `mark`. */
export function indexOf(weights: ArrayLike<number>, mark: number): number {
  let sum = 0
  for (let index = 0; index < weights.length - 1; index += 1) {
    sum += weights[index]!
    if (mark < sum) return index
  }
  return weights.length - 1
}
