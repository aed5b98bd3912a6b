import { check } from '../../../core/check.ts'
import type { Graph, Value } from '../graph.ts'
import { applyOne } from '../graph.ts'
import type { Dim, Shape } from '../shape.ts'
import { broadcast, dimProduct, matMulShape, sameShape, shapeText } from '../shape.ts'
import { reshape } from './layout.ts'

/** Matrix product over the last two axes, leading axes broadcast. */
export const matMul = (graph: Graph, left: Value, right: Value): Value =>
  applyOne(graph, 'MatMul', [left, right], matMulShape(left.shape, right.shape))

/** [..., n] as [rows, n]. */
export const rowsOf = (graph: Graph, value: Value): Value =>
  reshape(graph, value, [dimProduct(value.shape.slice(0, -1)), value.shape.at(-1)!])

interface GemmOptions {
  /** Added to the product, stretched to its shape. */
  readonly bias?: Value
  readonly transA?: boolean
  readonly transB?: boolean
}

/** `A × B + bias` of matrices, either of them transposed on the way. */
export function gemm(
  graph: Graph,
  left: Value,
  right: Value,
  { bias, transA = false, transB = false }: GemmOptions = {},
): Value {
  const dims = ({ shape }: Value, flip: boolean): readonly [Dim, Dim] => {
    check(shape.length === 2, 'Gemm: matrix', shapeText(shape))
    return flip ? [shape[1]!, shape[0]!] : [shape[0]!, shape[1]!]
  }
  const [rows, inner] = dims(left, transA)
  const [innerRight, columns] = dims(right, transB)
  check(inner === innerRight, 'Gemm: inner dimensions', `${shapeText(left.shape)} and ${shapeText(right.shape)}`)
  if (bias) checkBias(bias.shape, [rows, columns])
  const attributes = { ...(transA ? { transA: 1 } : {}), ...(transB ? { transB: 1 } : {}) }
  return applyOne(graph, 'Gemm', [left, right, ...(bias ? [bias] : [])], [rows, columns], attributes)
}

function checkBias(bias: Shape, product: Shape): void {
  const fits = bias.length <= 2 && sameShape(broadcast('Gemm', bias, product), product)
  check(fits, `Gemm: bias that stretches to ${shapeText(product)}`, shapeText(bias))
}

/** `x W + b` over the last axis: x [..., n], W [n, m], b [m]. */
export function linear(graph: Graph, x: Value, weights: Value, bias?: Value): Value {
  const rows = rowsOf(graph, x)
  const output = gemm(graph, rows, weights, bias ? { bias } : {})
  const shape = [...x.shape.slice(0, -1), weights.shape[1]!]
  return sameShape(output.shape, shape) ? output : reshape(graph, output, shape)
}
