/**
 * The contract of every forecasting graph. Input `x` [batch, steps, features]; outputs below, each [batch, width], float32:
 * mean and quantiles of the forward log-return and its standard deviation in basis points; probabilities of down, flat, up.
 */
export const INPUT_NAME = 'x'

export const OUTPUT_NAMES = ['mean', 'volatility', 'quantiles', 'classes'] as const

export type OutputName = (typeof OUTPUT_NAMES)[number]

/** Probabilities of the quantiles that every model of ours states. */
export const LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95] as const

/** Row-major, [batch, width]. */
export type ForecasterOutputs = Readonly<Record<OutputName, Float32Array>>

/** Width of each output for a model with `levelCount` quantile levels. */
export const outputWidths = (levelCount: number): Readonly<Record<OutputName, number>> => ({
  mean: 1,
  volatility: 1,
  quantiles: levelCount,
  classes: 3,
})
