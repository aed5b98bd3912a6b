import { InputError } from '../core/errors.ts'

/** Sample quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996). `sorted` ascending, not empty. */
export function quantileOf(sorted: Float64Array, level: number): number {
  const position = level * (sorted.length - 1)
  const below = Math.floor(position)
  const low = sorted[below]!
  return low + (position - below) * ((sorted[below + 1] ?? low) - low)
}

/** Sample quantiles of `values` at `levels`. */
export const quantilesOf = (values: Float64Array, levels: readonly number[]): readonly number[] => {
  const sorted = values.slice().sort()
  return levels.map((level) => quantileOf(sorted, level))
}

/** Loss of a quantile forecast: L = max(τ(y − q), (τ − 1)(y − q)) (Koenker and Bassett 1978). Unit of `y`. */
export const pinball = (level: number, actual: number, quantile: number): number =>
  Math.max(level * (actual - quantile), (level - 1) * (actual - quantile))

/** −ln p, kept finite. */
export const logLoss = (probability: number): number => -Math.log(Math.max(probability, 1e-12))

/** A return within this quantile of its absolute value counts as flat: classes of like size. */
const FLAT_SHARE = 1 / 3

/** Size up to which a return counts as flat, basis points, > 0. Throws `InputError` where nothing ever moved. */
export function flatThreshold(targetsBps: Float64Array): number {
  const sizes = targetsBps.map(Math.abs).sort()
  // Where prices mostly stand still, the least move there is.
  const threshold = quantileOf(sizes, FLAT_SHARE) || sizes.find((size) => size > 0)
  if (threshold === undefined)
    throw new InputError(`fit: all ${sizes.length} training rows have the return 0; nothing to learn`)
  return threshold
}

/** 0 down, 1 flat, 2 up. */
export const classOf = (targetBps: number, thresholdBps: number): 0 | 1 | 2 => {
  if (targetBps > thresholdBps) return 2
  return targetBps < -thresholdBps ? 0 : 1
}

/** Least point of a function with one valley on [low, high], by golden-section search (Kiefer 1953); 60 steps. */
export function minimise(loss: (x: number) => number, low: number, high: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2
  let [a, b] = [low, high]
  for (let i = 0; i < 60; i += 1) {
    const [left, right] = [b - ratio * (b - a), a + ratio * (b - a)]
    if (loss(left) < loss(right)) b = right
    else a = left
  }
  return (a + b) / 2
}

/** Standard deviation over all of `values`. */
export function deviationOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}
