/** Highest place in the auto-deleveraging queue, as Binance's `adlQuantile` shows it: 0 (last) to 4 (first). */
const QUANTILE_MAX = 4

/**
 * Rank in the queue: PnL % × effective leverage for a profit, PnL % ÷ effective leverage for a loss (BitMEX and Bybit, "Auto
 * Deleveraging"). `entry` and `mark`: position values; `balance`: what answers for the position, at mark.
 */
export function adlScore(entry: number, unrealised: number, mark: number, balance: number): number {
  if (!(entry > 0)) return 0
  const leverage = balance > 0 ? mark / balance : Number.POSITIVE_INFINITY
  const profit = unrealised / entry
  return profit > 0 ? profit * leverage : profit / leverage
}

/** Quantile of each score among all that are on the same side: 4 for the fifth that would be deleveraged first. */
export const adlQuantiles = (scores: readonly number[]): readonly number[] =>
  scores.map((score) => {
    const below = scores.filter((other) => other < score).length
    return Math.min(QUANTILE_MAX, Math.floor((below * (QUANTILE_MAX + 1)) / scores.length))
  })
