import { check } from '../../core/check.ts'
import type { OutputName } from '../forecaster-outputs.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { add, clip, div, erf, exp, mul, neg, relu, scale, sub } from '../graph/ops/elementwise.ts'
import { concat, slice } from '../graph/ops/layout.ts'
import { softmax } from '../graph/ops/normalise.ts'
import type { HeadValues } from './forecast-heads.ts'
import { normalQuantile } from './normal-quantile.ts'
import { middleOf } from './quantile-head.ts'

interface OutputOptions {
  readonly levels: readonly number[]
  /** One deviation of the target, basis points. */
  readonly scaleBps: number
  /** A return within ± this counts as flat, basis points. */
  readonly thresholdBps: number
}

/** Least volatility that is derived from quantiles: a share of the target's deviation. */
const VOLATILITY_MIN = 0.01

/**
 * The four outputs of a forecaster in basis points. What has no head of its own is derived: the mean is the middle quantile; the volatility
 * is the width between the outermost quantiles as that of a normal law; quantiles and classes are those of a normal law with mean and
 * volatility.
 */
export function forecastOutputs(
  graph: Graph,
  values: HeadValues,
  { levels, scaleBps, thresholdBps }: OutputOptions,
): Readonly<Record<OutputName, Value>> {
  const mean = values.mean ?? middleQuantile(graph, values, levels)
  const volatility = values.logVariance
    ? exp(graph, scale(graph, values.logVariance, 0.5))
    : widthAsVolatility(graph, values, levels)
  const quantiles = values.quantiles ?? normalQuantiles(graph, mean, volatility, levels)
  const classes = values.logits
    ? softmax(graph, values.logits)
    : normalClasses(graph, mean, volatility, thresholdBps / scaleBps)
  return {
    mean: scale(graph, mean, scaleBps),
    volatility: scale(graph, volatility, scaleBps),
    quantiles: scale(graph, quantiles, scaleBps),
    classes,
  }
}

function middleQuantile(graph: Graph, { quantiles }: HeadValues, levels: readonly number[]): Value {
  const middle = middleOf(levels)
  return slice(graph, quantiles!, 1, middle, middle + 1)
}

function widthAsVolatility(graph: Graph, { quantiles }: HeadValues, levels: readonly number[]): Value {
  const last = levels.length - 1
  check(last > 0, 'two quantile levels or more, or a volatility head', levels.length)
  const [low, high] = [slice(graph, quantiles!, 1, 0, 1), slice(graph, quantiles!, 1, last, last + 1)]
  const normalWidth = normalQuantile(levels[last]!) - normalQuantile(levels[0]!)
  return clip(graph, scale(graph, sub(graph, high, low), 1 / normalWidth), VOLATILITY_MIN, 1 / VOLATILITY_MIN)
}

function normalQuantiles(graph: Graph, mean: Value, volatility: Value, levels: readonly number[]): Value {
  const deviations = graph.constant('normal_quantiles', levels.map(normalQuantile), [1, levels.length])
  return add(graph, mean, mul(graph, volatility, deviations))
}

function normalClasses(graph: Graph, mean: Value, volatility: Value, threshold: number): Value {
  const half = graph.scalar(0.5)
  const probability = (distance: Value): Value => {
    const deviations = scale(graph, div(graph, distance, volatility), Math.SQRT1_2)
    return add(graph, scale(graph, erf(graph, deviations), 0.5), half)
  }
  const up = probability(sub(graph, mean, graph.scalar(threshold)))
  const down = probability(sub(graph, neg(graph, mean), graph.scalar(threshold)))
  // Not below zero: rounding could leave −6e-8.
  const flat = relu(graph, sub(graph, sub(graph, graph.scalar(1), down), up))
  return concat(graph, [down, flat, up], 1)
}
