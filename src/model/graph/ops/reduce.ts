import type { Graph, Value } from '../graph.ts'
import { applyOne } from '../graph.ts'
import type { Dim, Shape } from '../shape.ts'
import { axisOf, sameShape } from '../shape.ts'
import { reshape } from './layout.ts'

const reduce =
  (op: 'ReduceMean' | 'ReduceMax') =>
  (graph: Graph, value: Value, axes: readonly number[]): Value => {
    const over = axes.map((axis) => axisOf(value.shape, axis))
    return applyOne(graph, op, [value], keptShape(value.shape, over), { axes: over, keepdims: 1 })
  }

/** Mean over `axes`, which stay as dimensions of 1. */
export const reduceMean = reduce('ReduceMean')
/** Greatest over `axes`, which stay as dimensions of 1. */
export const reduceMax = reduce('ReduceMax')

/** Adds up over `axes`, which stay as dimensions of 1. Its axes are an input, unlike those of its siblings, since opset 13. */
export function reduceSum(graph: Graph, value: Value, axes: readonly number[]): Value {
  const over = axes.map((axis) => axisOf(value.shape, axis))
  if (over.length === 0) return value
  return applyOne(graph, 'ReduceSum', [value, graph.integers(over)], keptShape(value.shape, over), { keepdims: 1 })
}

const keptShape = (shape: Shape, axes: readonly number[]): Dim[] => shape.map((dim, i) => (axes.includes(i) ? 1 : dim))

/** Adds up what broadcasting to `value` had repeated of a tensor of `shape`. */
export function sumTo(graph: Graph, value: Value, shape: Shape): Value {
  if (sameShape(value.shape, shape)) return value
  const extra = value.shape.length - shape.length
  const axes = value.shape.flatMap((dim, i) => (i < extra || (shape[i - extra] === 1 && dim !== 1) ? [i] : []))
  return reshape(graph, reduceSum(graph, value, axes), shape)
}
