import { check } from '../core/check.ts'
import type { GraphBuilder, Value } from './onnx-graph.ts'
import { broadcast, concatShape, elementCount, matMulShape } from './onnx-shape.ts'

/** Standard ONNX operators with their shapes checked (github.com/onnx/onnx, Operators.md, opset 17). */

const elementwise = (op: string) => (graph: GraphBuilder, left: Value, right: Value) =>
  graph.apply(op, [left, right], broadcast(left.shape, right.shape))

export const add = elementwise('Add')
export const sub = elementwise('Sub')
export const mul = elementwise('Mul')
export const div = elementwise('Div')

const unary = (op: string) => (graph: GraphBuilder, value: Value) => graph.apply(op, [value], value.shape)

export const exp = unary('Exp')
export const neg = unary('Neg')
export const relu = unary('Relu')
export const sigmoid = unary('Sigmoid')

/** `min` and `max` are scalars. NaN may come out as a bound: check inputs before the run. */
export function clip(graph: GraphBuilder, value: Value, min: Value, max: Value): Value {
  for (const bound of [min, max]) check(bound.shape.length === 0, 'scalar bound', bound.name)
  return graph.apply('Clip', [value, min, max], value.shape)
}

export const matMul = (graph: GraphBuilder, left: Value, right: Value): Value =>
  graph.apply('MatMul', [left, right], matMulShape(left.shape, right.shape))

/** `[batch, a, b, …]` to `[batch, a × b × …]`, row-major. */
export const flatten = (graph: GraphBuilder, value: Value): Value =>
  graph.apply('Flatten', [value], [value.shape[0]!, elementCount(value.shape.slice(1))], { axis: 1 })

export const concat = (graph: GraphBuilder, values: readonly Value[], axis: number): Value => {
  const shapes = values.map(({ shape }) => shape)
  return graph.apply('Concat', values, concatShape(shapes, axis), { axis })
}
