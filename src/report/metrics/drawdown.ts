import type { EquityPath } from './equity-path.ts'

/** The deepest fall of equity below its running peak; the first where several are as deep. */
export interface Drawdown {
  /** Of the peak, ≥ 0; above 1 where equity fell below 0. */
  readonly fraction: number
  readonly peakAt: number
  readonly troughAt: number
  /** When equity was back at the peak; null: not by the end. */
  readonly recoveredAt: number | null
  readonly peakToTroughMs: number
  /** To the recovery, or to the end of the record. */
  readonly peakToRecoveryMs: number
}

/** `path` not empty and its peak above 0. */
export function drawdownOf({ at, equity }: EquityPath): Drawdown {
  let peak = 0
  let worst = { fraction: 0, peak: 0, trough: 0 }
  for (let i = 1; i < equity.length; i += 1) {
    if (equity[i]! >= equity[peak]!) peak = i
    const fraction = 1 - equity[i]! / equity[peak]!
    if (fraction > worst.fraction) worst = { fraction, peak, trough: i }
  }
  const { fraction, trough } = worst
  const peakAt = at[worst.peak]!
  const back = fraction === 0 ? 0 : equity.findIndex((value, i) => i > trough && value >= equity[worst.peak]!)
  const recoveredAt = back < 0 ? null : at[back]!
  return {
    fraction,
    peakAt,
    troughAt: at[trough]!,
    recoveredAt,
    peakToTroughMs: at[trough]! - peakAt,
    peakToRecoveryMs: (recoveredAt ?? at.at(-1)!) - peakAt,
  }
}
