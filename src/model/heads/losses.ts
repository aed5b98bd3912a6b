import type { Graph, Value } from '../graph/graph.ts'
import { abs, add, clip, exp, log, maximum, mul, neg, scale, square, sub } from '../graph/ops/elementwise.ts'
import { reshape } from '../graph/ops/layout.ts'
import { logSoftmax } from '../graph/ops/normalise.ts'
import { reduceMean, reduceSum } from '../graph/ops/reduce.ts'

/** Losses of every row, [rows, 1]. Rows are weighted and added up by `weightedSum`. */

/** Pinball loss max(τ e, (τ − 1) e) with e = target − quantile, mean over the levels (Koenker and Bassett 1978). `quantiles`: [rows, levels]; `target`: [rows, 1]. */
export function pinballLoss(graph: Graph, quantiles: Value, target: Value, levels: readonly number[]): Value {
  const error = sub(graph, target, quantiles)
  const above = graph.constant('levels', levels, [levels.length])
  const below = graph.constant(
    'levels_below',
    levels.map((level) => level - 1),
    [levels.length],
  )
  return reduceMean(graph, maximum(graph, mul(graph, error, above), mul(graph, error, below)), [1])
}

/** −w · ln p of the class that came. `logits`: [rows, classes]; `target`: one-hot, same shape; `classWeights`: one per class. */
export function crossEntropyLoss(graph: Graph, logits: Value, target: Value, classWeights: readonly number[]): Value {
  const weights = graph.constant('class_weights', classWeights, [classWeights.length])
  return neg(graph, reduceSum(graph, mul(graph, mul(graph, target, weights), logSoftmax(graph, logits)), [1]))
}

/**
 * QLIKE r − ln r − 1 with r = variance ÷ forecast: 0 at a perfect forecast, robust to noise of the proxy (Patton 2011, eq. 21).
 * `logVariance`: logarithm of the forecast; `variance`: realised, > 0; both [rows, 1].
 */
export function qlikeLoss(graph: Graph, logVariance: Value, variance: Value): Value {
  const ratio = mul(graph, variance, exp(graph, neg(graph, logVariance)))
  const logRatio = sub(graph, log(graph, variance), logVariance)
  return sub(graph, sub(graph, ratio, logRatio), graph.scalar(1))
}

/** (forecast − target)². */
export const squaredLoss = (graph: Graph, forecast: Value, target: Value): Value =>
  square(graph, sub(graph, forecast, target))

/** ½ e² within ± `delta`, δ (|e| − ½ δ) beyond (Huber 1964). */
export function huberLoss(graph: Graph, forecast: Value, target: Value, delta: number): Value {
  const error = sub(graph, forecast, target)
  const cut = clip(graph, error, -delta, delta)
  return mul(graph, cut, sub(graph, error, scale(graph, cut, 0.5)))
}

/** |forecast − target|. */
export const absoluteLoss = (graph: Graph, forecast: Value, target: Value): Value =>
  abs(graph, sub(graph, forecast, target))

/** Σ weight × loss, shape []. `loss`: [rows, 1]; `weights`: [rows], which sum to 1 over the rows that count. */
export function weightedSum(graph: Graph, loss: Value, weights: Value): Value {
  const rows = reshape(graph, loss, weights.shape)
  return reshape(graph, reduceSum(graph, mul(graph, rows, weights), [0]), [])
}

/** Σ share × loss of scalars. */
export function combine(graph: Graph, losses: readonly { readonly loss: Value; readonly share: number }[]): Value {
  const shares = losses.map(({ loss, share }) => scale(graph, loss, share))
  return shares.reduce((sum, loss) => add(graph, sum, loss))
}
