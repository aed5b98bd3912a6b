import { check } from '../core/check.ts'
import type { ForecasterOutputs } from './forecaster-outputs.ts'
import type { RidgeForecaster } from './ridge-forecaster.ts'
import { scaleRow } from './scaler.ts'

/** Σ w·z + b of both heads for one window, in double precision. `z` is [steps × features] and comes scaled. */
const dot = (weights: Float32Array, z: Float64Array, bias: number): number => {
  let sum = bias
  for (let i = 0; i < z.length; i += 1) sum += weights[i]! * z[i]!
  return sum
}

const logistic = (value: number): number => 1 / (1 + Math.exp(-value))

/** Probabilities of down, flat, up around ± `thresholdBps`, for a mean and a logistic `spread` in basis points. */
export function classProbabilities(mean: number, spread: number, thresholdBps: number): [number, number, number] {
  const down = logistic((-mean - thresholdBps) / spread)
  const up = logistic((mean - thresholdBps) / spread)
  return [down, Math.max(0, 1 - down - up), up]
}

/**
 * The same model as `ridgeForecasterGraph`, computed without ONNX: it evaluates fits and states the golden outputs that a loaded
 * graph must reproduce. `input`: [batch, steps, features] row-major.
 */
export function ridgeForecast(model: RidgeForecaster, input: Float32Array, batch: number): ForecasterOutputs {
  const width = model.steps * model.features
  check(input.length === batch * width, `input length for a batch of ${batch}`, input.length)
  const levels = model.residualQuantiles
  const z = new Float64Array(width)
  const mean = new Float32Array(batch)
  const volatility = new Float32Array(batch)
  const quantiles = new Float32Array(batch * levels.length)
  const classes = new Float32Array(batch * 3)
  for (let row = 0; row < batch; row += 1) {
    scaleRow(model, input, row, z)
    const { min, max } = model.logVolatility
    const mu = dot(model.mean.weights, z, model.mean.bias)
    const logVolatility = dot(model.logVolatility.weights, z, model.logVolatility.bias)
    const sigma = Math.exp(Math.min(max, Math.max(min, logVolatility)))
    mean[row] = mu
    volatility[row] = sigma
    for (const [i, level] of levels.entries()) quantiles[row * levels.length + i] = mu + sigma * level
    classes.set(classProbabilities(mu, sigma * model.classScale, model.thresholdBps), row * 3)
  }
  return { mean, volatility, quantiles, classes }
}
