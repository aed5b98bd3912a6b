import type { Graph, Value } from '../graph.ts'
import { applyOne } from '../graph.ts'
import { broadcast } from '../shape.ts'

/** Element-wise operators, with broadcasting (github.com/onnx/onnx, Operators.md, opset 17). */

const binary =
  (op: string) =>
  (graph: Graph, left: Value, right: Value): Value =>
    applyOne(graph, op, [left, right], broadcast(op, left.shape, right.shape))

export const add = binary('Add')
export const sub = binary('Sub')
export const mul = binary('Mul')
export const div = binary('Div')
export const maximum = binary('Max')
export const minimum = binary('Min')

const unary =
  (op: string) =>
  (graph: Graph, value: Value): Value =>
    applyOne(graph, op, [value], value.shape)

export const abs = unary('Abs')
/** Gauss error function. */
export const erf = unary('Erf')
export const exp = unary('Exp')
export const log = unary('Log')
export const neg = unary('Neg')
export const reciprocal = unary('Reciprocal')
export const relu = unary('Relu')
export const sigmoid = unary('Sigmoid')
/** −1, 0 or 1. */
export const sign = unary('Sign')
/** ln(1 + eˣ). */
export const softplus = unary('Softplus')
export const sqrt = unary('Sqrt')
export const tanh = unary('Tanh')

/** `value × number`. */
export const scale = (graph: Graph, value: Value, number: number): Value =>
  number === 1 ? value : mul(graph, value, graph.scalar(number))

export const square = (graph: Graph, value: Value): Value => mul(graph, value, value)

/** `x` above 0, `slope × x` below. */
export const leakyRelu = (graph: Graph, value: Value, slope: number): Value =>
  applyOne(graph, 'LeakyRelu', [value], value.shape, { alpha: { float: slope } })

/** Keeps within [min, max]. NaN may come out as a bound: check inputs before the run. */
export const clip = (graph: Graph, value: Value, min: number, max: number): Value =>
  applyOne(graph, 'Clip', [value, graph.scalar(min), graph.scalar(max)], value.shape)

/** ONNX's number for float32 (TensorProto.DataType.FLOAT). */
const FLOAT = 1
/** TensorProto.DataType.BOOL. */
const BOOL = 9

/** 1 where the comparison holds, else 0. No gradient passes. */
const mask =
  (op: 'Equal' | 'Greater') =>
  (graph: Graph, left: Value, right: Value): Value => {
    const shape = broadcast(op, left.shape, right.shape)
    const [truth] = graph.apply(op, [left, right], [{ shape, type: 'bool' }])
    return applyOne(graph, 'Cast', [truth], shape, { to: FLOAT })
  }

/** 1 where not 0, else 0: two casts are faster than `Sign`. No gradient passes. */
export function nonZeroMask(graph: Graph, value: Value): Value {
  const [truth] = graph.apply('Cast', [value], [{ shape: value.shape, type: 'bool' }], { to: BOOL })
  return applyOne(graph, 'Cast', [truth], value.shape, { to: FLOAT })
}

export const equalMask = mask('Equal')
export const greaterMask = mask('Greater')
