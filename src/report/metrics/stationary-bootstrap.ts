import type { Random } from '../../core/random.ts'

/**
 * Fills `target` with one resample of `source`: blocks that begin anywhere, wrap around and have geometric lengths of this mean ≥ 1
 * (Politis and Romano 1994, § 2).
 */
export function resample(source: Float64Array, target: Float64Array, meanBlock: number, random: Random): void {
  const n = source.length
  const logContinue = Math.log(1 - 1 / meanBlock)
  let [index, left] = [0, 0]
  for (let i = 0; i < target.length; i += 1) {
    if (left === 0) {
      index = Math.floor(random() * n)
      // Inverse of the geometric law: 1 + the failures before the first success. At mean 1 the logarithm is −∞ and the quotient 0.
      left = 1 + Math.floor(Math.log(1 - random()) / logContinue)
    }
    target[i] = source[index]!
    index = index + 1 === n ? 0 : index + 1
    left -= 1
  }
}
