import { momentsOf } from '../../report/metrics/moments.ts'

/** Returns kept of a trial: 16 KiB. */
export const RETURNS_MAX = 2_048

/** At most 2,048 returns: groups of as many neighbours as that takes are compounded, so that trials of one length stay in step. */
export function keptReturns(returns: Float64Array): Float64Array {
  const group = Math.ceil(returns.length / RETURNS_MAX)
  if (group <= 1) return returns
  const kept = new Float64Array(Math.ceil(returns.length / group)).fill(1)
  for (let i = 0; i < returns.length; i += 1) kept[Math.floor(i / group)]! *= 1 + returns[i]!
  return kept.map((growth) => growth - 1)
}

/** Mean ÷ standard deviation, per period; null where nothing varies. */
export function sharpeOf(returns: Float64Array): number | null {
  const { mean, deviation } = momentsOf(returns)
  return deviation > 0 ? mean / deviation : null
}
