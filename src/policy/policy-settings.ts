/** How forecasts become positions. Basis points are of the order value unless said otherwise. */
export interface PolicySettings {
  /** Which figure of the forecast is the expected return: its mean, or its median (quantile 0.5, less moved by tails). */
  readonly expectation: 'mean' | 'median'
  /** Expected return left after the round trip's cost, at or above which a position is opened or enlarged, bps, ≥ 0. */
  readonly enterEdgeBps: number
  /**
   * A held position is kept while the expected return in its direction is at least this, bps. Lower than what opens one, which is
   * the hysteresis; negative holds against a slightly adverse forecast.
   */
  readonly exitForecastBps: number
  /** Expected loss against the touch when the order arrives, one way, bps, ≥ 0. */
  readonly slippageBps: number
  /** What one standard deviation of the forward return may cost, bps of equity, > 0. */
  readonly riskPerTradeBps: number
  /** Share of the Kelly-optimal size (net edge / variance), 0 < x ≤ 1; a further cap on opening and enlarging. */
  readonly kellyFraction: number
  /** Most that a position may be worth, quote currency, > 0. */
  readonly notionalMaxQuote: number
  /** No order for a change smaller than this share of the larger of held and wanted, 0 ≤ x < 1. */
  readonly bandFraction: number
  /** Closed bars in a row without a usable forecast after which a held position is closed: nobody watches it. ≥ 1. */
  readonly blindBarsMax: number
}
