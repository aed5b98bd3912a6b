import { Matrix } from 'ml-matrix'
import { check } from '../../core/check.ts'
import type { LinearMap } from '../solve-ridge.ts'
import { applyMap, solveNormal } from '../solve-ridge.ts'
import type { SeriesData, SeriesSettings } from './series-data.ts'
import type { SeriesForecaster, SeriesTrainer } from './series-trainer.ts'
import { windowStarts } from './series-windows.ts'
import { windowMoments } from './window-moments.ts'

/** Of squared weights beside the mean squared error; only keeps the system definite. */
const PENALTY = 1e-6

interface Linear extends LinearMap {
  /** The window's last value is taken out before the map and put back after it. */
  readonly anchored: boolean
}

/**
 * Least squares from window to horizon, one map for all channels, fitted exactly. Anchored (`window − last`) it is the optimum of NLinear;
 * else that of Linear and of DLinear, whose trend and remainder are linear in the window, so that both have the same set of functions
 * (Zeng et al. 2023, "Are Transformers effective for time series forecasting?", §4).
 */
export const closedFormLinear = (name: string, anchored: boolean): SeriesTrainer => ({
  name,
  async fit(data, settings) {
    return linearForecaster(fitLinear(data, settings, anchored), data.channels)
  },
})

/** Optimum of NLinear. */
export const ols: SeriesTrainer = closedFormLinear('ols', true)

/** Optimum of Linear and DLinear. */
export const olsRaw: SeriesTrainer = closedFormLinear('ols-raw', false)

export function fitLinear(data: SeriesData, settings: SeriesSettings, anchored: boolean): Linear {
  const { lookBack, horizon } = settings
  const width = lookBack + horizon
  const starts = windowStarts(data, 'train', settings)
  const { windows, sums, products } = windowMoments(data.values, data.channels, starts, width)
  const last = lookBack - 1
  const product = (i: number, j: number): number => products[i * width + j]!
  const anchor = anchored ? 1 : 0
  const meanOf = (i: number): number => (sums[i]! - anchor * sums[last]!) / windows
  const covariance = (i: number, j: number): number =>
    (product(i, j) - anchor * (product(i, last) + product(last, j) - product(last, last))) / windows -
    meanOf(i) * meanOf(j)
  const gram = new Matrix(lookBack, lookBack)
  const cross = new Matrix(lookBack, horizon)
  for (let i = 0; i < lookBack; i += 1) {
    for (let j = i; j < lookBack; j += 1) {
      const value = covariance(i, j)
      gram.set(i, j, value)
      gram.set(j, i, value)
    }
    for (let h = 0; h < horizon; h += 1) cross.set(i, h, covariance(i, lookBack + h))
  }
  const weights = Float64Array.from(solveNormal(gram, cross, PENALTY).to1DArray())
  const biases = Float64Array.from({ length: horizon }, (_, h) => {
    let bias = meanOf(lookBack + h)
    for (let i = 0; i < lookBack; i += 1) bias -= meanOf(i) * weights[i * horizon + h]!
    return bias
  })
  return { width: lookBack, outputs: horizon, weights, biases, anchored }
}

function linearForecaster(linear: Linear, channels: number): SeriesForecaster {
  const { width: lookBack, outputs: horizon } = linear
  return {
    async forecast(inputs, batch) {
      check(inputs.length === batch * lookBack * channels, `inputs of ${batch} windows`, inputs.length)
      const rows = new Float64Array(inputs.length)
      const anchors = new Float64Array(batch * channels)
      for (let row = 0; row < anchors.length; row += 1) {
        const from = Math.floor(row / channels) * lookBack * channels + (row % channels)
        if (linear.anchored) anchors[row] = inputs[from + (lookBack - 1) * channels]!
        for (let i = 0; i < lookBack; i += 1) rows[row * lookBack + i] = inputs[from + i * channels]! - anchors[row]!
      }
      const mapped = applyMap(linear, rows)
      const found = new Float32Array(batch * horizon * channels)
      for (let row = 0; row < anchors.length; row += 1) {
        const to = Math.floor(row / channels) * horizon * channels + (row % channels)
        for (let h = 0; h < horizon; h += 1) found[to + h * channels] = mapped[row * horizon + h]! + anchors[row]!
      }
      return found
    },
  }
}
