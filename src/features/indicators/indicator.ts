/** What indicators over bars look at. Prices in quote currency; volume in any one unit. */
export interface Candle {
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

/** Two series side by side: the instrument's own and another one's, of the same moment. */
export interface Pair {
  readonly own: number
  readonly other: number
}

/**
 * One incremental unit. Rules that hold for all of them:
 * - An input that is not usable (a field it reads is NaN, infinite or beyond ±1e60; a price ≤ 0 where a logarithm is taken) gives NaN
 *   and starts the unit afresh: what came before is forgotten, so a hole never hides inside a window.
 * - Means and sums over a window are computed anew at every step, at most `PERIOD_MAX` additions: nothing drifts, and what has left the
 *   window leaves no trace.
 */
export interface Indicator<Input, Output = number> {
  /** Inputs needed before the first value, the one that brings it included: a mean of 20 has 20 (TA-Lib's look-back + 1). */
  readonly warmUp: number
  /** After each input in order; NaN (all fields NaN) while warming up. */
  step(input: Input): Output
  /** Everything needed to go on, exactly; always of the same length. May hold NaN and −0: keep the bits. */
  save(): readonly number[]
  /** Throws `InputError` when the state is not one of this indicator with these parameters; the unit is then unchanged or afresh. */
  restore(state: readonly number[]): void
}
