/** What the model says of the forward log-return over its horizon, in basis points. */
export interface Forecast {
  readonly modelId: string
  /** ONNX Runtime execution provider that computed it, e.g. `cpu`. */
  readonly provider: string
  /** Bars ahead. */
  readonly horizonBars: number
  /** Probabilities of the quantiles, ascending, e.g. [0.05, 0.25, 0.5, 0.75, 0.95]. */
  readonly levels: readonly number[]
  /** Quantiles in basis points, ascending (never crossing), one per level. */
  readonly quantilesBps: readonly number[]
  /** Mean of the forward log-return, basis points. */
  readonly meanBps: number
  /** Probabilities of down, flat, up; they sum to 1. */
  readonly classes: readonly [down: number, flat: number, up: number]
  /** Standard deviation of the forward log-return over the horizon, basis points, > 0. */
  readonly volatilityBps: number
  /** From window handed over to forecast, milliseconds. */
  readonly latencyMs: number
  /** How oversight took it; absent: as it is. The quantiles are those after it. */
  readonly adjustment?: Adjustment
}

/** Why a forecast is not to be acted on. */
export type OversightAbstention = 'drift' | 'outlier' | 'calibration'

/** How a forecast is to be taken. */
export interface Adjustment {
  /** Added to its quantiles, one per level, basis points. */
  readonly quantileShiftsBps?: readonly number[]
  /** What sizes are multiplied by, 0 to 1. */
  readonly sizeFactor: number
  readonly abstain?: OversightAbstention
}

/** No forecast: the model failed or answered nonsense. Trading treats it as an abstention, never as zero. */
export interface NoForecast {
  readonly modelId: string
  readonly failure: string
}

export const isForecast = (outcome: Forecast | NoForecast): outcome is Forecast => !('failure' in outcome)
