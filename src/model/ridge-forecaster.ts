import { check } from '../core/check.ts'
import { INPUT_NAME } from './forecaster-outputs.ts'
import type { GraphBuilder, Value } from './onnx-graph.ts'
import { graphBuilder } from './onnx-graph.ts'
import { add, clip, concat, div, exp, flatten, matMul, mul, neg, relu, sigmoid, sub } from './onnx-ops.ts'

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
export interface RidgeForecaster {
  readonly steps: number
  readonly features: number
  /** Scaler, [features] each: z = clip((x − centre) / scale, ±clip). */
  readonly centre: Float32Array
  readonly scale: Float32Array
  readonly clip: number
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
  checkModel(model)
  const graph = graphBuilder(RIDGE_FORECASTER)
  const scalar = (name: string, value: number): Value => graph.constant(name, [value], [])
  const x = graph.input(INPUT_NAME, ['batch', model.steps, model.features])
  const centred = sub(graph, x, graph.constant('centre', model.centre, [model.features]))
  const scaled = div(graph, centred, graph.constant('scale', model.scale, [model.features]))
  const clipped = clip(graph, scaled, scalar('clip_min', -model.clip), scalar('clip_max', model.clip))
  const window = flatten(graph, clipped)

  const mean = linear(graph, 'mean', window, model.mean)
  const { min, max } = model.logVolatility
  const logVolatility = linear(graph, 'log_volatility', window, model.logVolatility)
  const bounded = clip(graph, logVolatility, scalar('log_volatility_min', min), scalar('log_volatility_max', max))
  const volatility = exp(graph, bounded)
  const residuals = graph.constant('residual_quantiles', model.residualQuantiles, [1, model.residualQuantiles.length])
  const quantiles = add(graph, mean, mul(graph, volatility, residuals))

  graph.output('mean', mean)
  graph.output('volatility', volatility)
  graph.output('quantiles', quantiles)
  graph.output('classes', classes(graph, model, mean, volatility))
  return graph.bytes()
}

function linear(graph: GraphBuilder, name: string, window: Value, head: LinearHead): Value {
  const weights = graph.constant(`${name}_weights`, head.weights, [head.weights.length, 1])
  return add(graph, matMul(graph, window, weights), graph.constant(`${name}_bias`, [head.bias], [1]))
}

function classes(graph: GraphBuilder, model: RidgeForecaster, mean: Value, volatility: Value): Value {
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
