import { check } from '../core/check.ts'
import { INPUT_NAME } from './forecaster-outputs.ts'
import type { Graph, Value } from './graph/graph.ts'
import { createGraph } from './graph/graph.ts'
import { onnxFile } from './graph/onnx-file.ts'
import { add, clip, div, exp, mul, neg, relu, sigmoid, sub } from './graph/ops/elementwise.ts'
import { concat } from './graph/ops/layout.ts'
import { matMul } from './graph/ops/matrix.ts'
import type { Scaler } from './scaler.ts'
import { scaledRow } from './scaler.ts'

export const RIDGE_FORECASTER = 'ridge-forecaster'

/** `w · z + b` over the scaled, flattened window. `weights`: [steps × features], step-major. */
export interface LinearHead {
  readonly weights: Float32Array
  readonly bias: number
}

/**
 * Two linear heads over a scaled window: the mean of the forward log-return (basis points) and the logarithm of its standard
 * deviation. Quantiles are mean + deviation × fixed standardised residual quantiles, so they cannot cross. Classes follow an ordinal
 * logistic: P(up) = σ((mean − threshold) / (classScale × deviation)), P(down) its mirror image.
 */
export interface RidgeForecaster extends Scaler {
  readonly steps: number
  readonly mean: LinearHead
  /** Natural logarithm of basis points, kept within its bounds. */
  readonly logVolatility: LinearHead & { readonly min: number; readonly max: number }
  /** Ascending, in units of the deviation, one per level. */
  readonly residualQuantiles: readonly number[]
  /** A return within ± this counts as flat, basis points, > 0. */
  readonly thresholdBps: number
  readonly classScale: number
}

/** The ONNX file of the model; see `forecaster-outputs.ts` for its inputs and outputs. */
export function ridgeForecasterGraph(model: RidgeForecaster): Uint8Array {
  const graph = createGraph(RIDGE_FORECASTER)
  const x = graph.input(INPUT_NAME, ['batch', model.steps, model.features])
  addRidgeHeads(graph, x, model)
  return onnxFile(graph)
}

/** Adds scaler and heads over `raw` [batch, steps, features]; makes the graph's outputs. */
export function addRidgeHeads(graph: Graph, raw: Value, model: RidgeForecaster): void {
  checkModel(model)
  const window = scaledRow(graph, raw, model)
  const mean = linear(graph, 'mean', window, model.mean)
  const { min, max } = model.logVolatility
  const logVolatility = linear(graph, 'log_volatility', window, model.logVolatility)
  const bounded = clip(graph, logVolatility, min, max)
  const volatility = exp(graph, bounded)
  const residuals = graph.constant('residual_quantiles', model.residualQuantiles, [1, model.residualQuantiles.length])
  const quantiles = add(graph, mean, mul(graph, volatility, residuals))

  graph.output('mean', mean)
  graph.output('volatility', volatility)
  graph.output('quantiles', quantiles)
  graph.output('classes', classes(graph, model, mean, volatility))
}

function linear(graph: Graph, name: string, window: Value, head: LinearHead): Value {
  const weights = graph.constant(`${name}_weights`, head.weights, [head.weights.length, 1])
  return add(graph, matMul(graph, window, weights), graph.constant(`${name}_bias`, [head.bias], [1]))
}

function classes(graph: Graph, model: RidgeForecaster, mean: Value, volatility: Value): Value {
  const threshold = graph.constant('threshold', [model.thresholdBps], [1])
  const spread = mul(graph, volatility, graph.constant('class_scale', [model.classScale], [1]))
  const up = sigmoid(graph, div(graph, sub(graph, mean, threshold), spread))
  const down = sigmoid(graph, div(graph, sub(graph, neg(graph, mean), threshold), spread))
  const one = graph.constant('one', [1], [1])
  // Not below zero: rounding could leave −6e-8.
  const flat = relu(graph, sub(graph, sub(graph, one, down), up))
  return concat(graph, [down, flat, up], 1)
}

function checkModel(model: RidgeForecaster): void {
  const { residualQuantiles: quantiles, logVolatility } = model
  check(
    quantiles.every((quantile, i) => i === 0 || quantile >= quantiles[i - 1]!),
    'ascending residual quantiles',
    quantiles.join(', '),
  )
  check(
    model.scale.every((scale) => scale > 0),
    'feature scales > 0',
    model.scale.join(', '),
  )
  check(model.thresholdBps > 0, 'thresholdBps > 0', model.thresholdBps)
  check(model.classScale > 0, 'classScale > 0', model.classScale)
  check(model.clip > 0, 'clip > 0', model.clip)
  check(logVolatility.min < logVolatility.max, 'logVolatility.min < max', logVolatility.min)
}
