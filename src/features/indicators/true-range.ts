import type { Candle } from './indicator.ts'

/** Wilder 1978: the bar's range, stretched to the close before it. TA-Lib `TRANGE`. Quote currency. */
export const trueRange = ({ high, low }: Candle, closeBefore: number): number =>
  Math.max(high - low, Math.abs(high - closeBefore), Math.abs(low - closeBefore))
