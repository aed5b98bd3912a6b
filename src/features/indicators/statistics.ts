import type { RollingWindow } from './rolling-window.ts'

// Over full windows, oldest first, in one fixed order: the same numbers give the same bits wherever the ring begins. Deviations are taken
// from the oldest number first, so that a flat window has exactly its own mean and no variance.

export function sum(window: RollingWindow): number {
  let total = 0
  for (let at = 0; at < window.size; at += 1) total += window.at(at)
  return total
}

export function mean(window: RollingWindow): number {
  const origin = window.oldest
  let total = 0
  for (let at = 0; at < window.size; at += 1) total += window.at(at) - origin
  return origin + total / window.size
}

/** Σ (x − mean of x) × (y − mean of y). Of a window with itself: the sum of squared deviations. */
export function coDeviation(x: RollingWindow, meanX: number, y: RollingWindow, meanY: number): number {
  let total = 0
  for (let at = 0; at < x.size; at += 1) total += (x.at(at) - meanX) * (y.at(at) - meanY)
  return total
}

/** Of the population (divided by n, not n − 1), as TA-Lib's. */
export const standardDeviation = (window: RollingWindow, meanOf: number): number =>
  Math.sqrt(coDeviation(window, meanOf, window, meanOf) / window.size)

export function lowest(window: RollingWindow): number {
  let found = window.at(0)
  for (let at = 1; at < window.size; at += 1) if (window.at(at) < found) found = window.at(at)
  return found
}

export function highest(window: RollingWindow): number {
  let found = window.at(0)
  for (let at = 1; at < window.size; at += 1) if (window.at(at) > found) found = window.at(at)
  return found
}

/** Pearson's, in [−1, 1]; 0 where either side does not move. */
export function pearson(x: RollingWindow, y: RollingWindow): number {
  const [meanX, meanY] = [mean(x), mean(y)]
  const scale = Math.sqrt(coDeviation(x, meanX, x, meanX)) * Math.sqrt(coDeviation(y, meanY, y, meanY))
  if (scale === 0) return 0
  return Math.max(-1, Math.min(1, coDeviation(x, meanX, y, meanY) / scale))
}
