/**
 * What one forecaster said. All contenders of one verdict are measured on the same rows in the same order: out of sample, after the
 * data that any of them was fitted, chosen or calibrated on.
 */
export interface ForecastContender {
  /** A version, or a baseline's name. */
  readonly name: string
  /** [rows] CRPS of each forecast, basis points, finite. */
  readonly crpsBps: Float64Array
  /** [rows] Close of each row's bar, milliseconds since the epoch, in any order; instruments may share a moment. */
  readonly endAt: Float64Array
}

/** What it also earned, through the same policy, costs and capital as the others. */
export interface Contender extends ForecastContender {
  /** [moments] Change of equity at mid in each bar, net of fees, funding and slippage, quote currency; 0 where it held nothing. */
  readonly pnl: Float64Array
  /** [moments] When each of those bars closed, milliseconds since the epoch, ascending. */
  readonly pnlAt: Float64Array
  /** Round trips closed. */
  readonly trades: number
}

/** All that has been tried on these data, for the deflated Sharpe ratio. */
export interface GateTrials {
  /** Configurations ever tried, this one included, ≥ 1. */
  readonly count: number
  /** Variance over them of the Sharpe ratio per bar, not annualised; absent: that of trials without skill. */
  readonly sharpeVariance?: number
}

/** Who asks to take the champion's place. */
export interface Candidate extends Contender {
  /** Bars ahead that it forecasts: labels of neighbouring bars overlap so far. */
  readonly horizonBars: number
  readonly trials: GateTrials
  /** Share of outcomes at or below each quantile, see `LevelCoverage`. */
  readonly coverage: readonly { readonly level: number; readonly coverage: number }[]
  /** Expected calibration error of its class probabilities, see `ClassReliability`. */
  readonly classError: number
}
