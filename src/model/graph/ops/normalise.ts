import { check } from '../../../core/check.ts'
import type { Graph, Value } from '../graph.ts'
import { applyOne, expectShape } from '../graph.ts'
import { shapeText } from '../shape.ts'

/** exp(x) / Σ exp(x) over the last axis. */
export const softmax = (graph: Graph, value: Value): Value =>
  applyOne(graph, 'Softmax', [value], value.shape, { axis: -1 })

/** Logarithm of `softmax`, without its cancellation. */
export const logSoftmax = (graph: Graph, value: Value): Value =>
  applyOne(graph, 'LogSoftmax', [value], value.shape, { axis: -1 })

/** (x − mean) / √(variance + epsilon) · scale + bias over the last axis (Ba, Kiros, Hinton 2016). `scale`, `bias`: [width]. */
export function layerNorm(graph: Graph, x: Value, scale: Value, bias: Value, epsilon = 1e-5): Value {
  const width = x.shape.at(-1)
  check(width !== undefined, 'LayerNormalization: an axis to normalise', shapeText(x.shape))
  for (const value of [scale, bias]) expectShape('LayerNormalization', value, [width!])
  // Mean and inverse deviation are kept for the gradient.
  const statistics = { shape: [...x.shape.slice(0, -1), 1] }
  const outputs = [{ shape: x.shape }, statistics, statistics]
  return graph.apply('LayerNormalization', [x, scale, bias], outputs, { axis: -1, epsilon: { float: epsilon } })[0]!
}
