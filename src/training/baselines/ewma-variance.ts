/** Decay per period (J.P. Morgan/Reuters, RiskMetrics Technical Document, 4th ed. 1996, §5.3: daily data). */
export const RISK_METRICS_DECAY = 0.94

/**
 * Exponentially weighted variance forecasts: h[0] = `initial`, h[t+1] = decay h[t] + (1 − decay) squares[t]. Answers one more value than
 * it is given: h[t] knows `squares` before t only.
 */
export function ewmaVariances(squares: ArrayLike<number>, decay: number, initial: number): Float64Array {
  const variances = new Float64Array(squares.length + 1)
  variances[0] = initial
  for (let t = 0; t < squares.length; t += 1) variances[t + 1] = decay * variances[t]! + (1 - decay) * squares[t]!
  return variances
}
