import type { GateSettings } from './gate-settings.ts'

/**
 * How many looks at a candidate are due after `bars` live bars: the k-th at barsMin · 2^(k − 1), at most `looksMax`. Judged after every bar
 * instead, a candidate without skill would pass sooner or later; a fixed number of looks is what `judge` divides its chances of error by.
 */
export function looksDue(bars: number, { barsMin, looksMax }: Pick<GateSettings, 'barsMin' | 'looksMax'>): number {
  if (bars < barsMin) return 0
  return Math.min(looksMax, 1 + Math.floor(Math.log2(bars / barsMin)))
}
