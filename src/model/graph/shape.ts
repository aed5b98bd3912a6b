import { check } from '../../core/check.ts'

/** One dimension: a size, or a name for one that is known only at run time: `batch`, or a multiple of it, `batch*64`. */
export type Dim = number | string

export type Shape = readonly Dim[]

/** Sizes that are all known when the graph is built. */
export type StaticShape = readonly number[]

export const shapeText = (shape: Shape): string => `[${shape.join(', ')}]`

export const sameShape = (left: Shape, right: Shape): boolean =>
  left.length === right.length && left.every((dim, axis) => dim === right[axis])

/** Number of elements of a shape without run-time dimensions. */
export const elementCount = (shape: Shape): number => staticShape(shape).reduce((product, dim) => product * dim, 1)

/** `shape`, which must have no run-time dimension. */
export function staticShape(shape: Shape): StaticShape {
  check(shape.every((dim) => typeof dim === 'number') === true, 'shape known when the graph is built', shapeText(shape))
  return shape as StaticShape
}

/** Product of dimensions: `batch`, 64 → `batch*64`. */
export function dimProduct(dims: Shape): Dim {
  let factor = 1
  const symbols: string[] = []
  for (const dim of dims) {
    const [symbol, multiple] = typeof dim === 'number' ? [undefined, dim] : splitSymbol(dim)
    factor *= multiple
    if (symbol !== undefined) symbols.push(symbol)
  }
  if (symbols.length === 0) return factor
  return factor === 1 ? symbols.sort().join('*') : `${symbols.sort().join('*')}*${factor}`
}

function splitSymbol(dim: string): [symbol: string, factor: number] {
  const at = dim.lastIndexOf('*')
  const factor = Number(dim.slice(at + 1))
  return at >= 0 && Number.isInteger(factor) ? [dim.slice(0, at), factor] : [dim, 1]
}

/** `axis`, counted from the end when negative, as one from the start. */
export function axisOf(shape: Shape, axis: number): number {
  const from = axis < 0 ? axis + shape.length : axis
  check(Number.isInteger(from) && from >= 0 && from < shape.length, `axis of ${shapeText(shape)}`, axis)
  return from
}

/** Size of `axis`, which must be known. */
export function sizeOf(shape: Shape, axis: number): number {
  const dim = shape[axisOf(shape, axis)]!
  return check(typeof dim === 'number', `known size of axis ${axis} of ${shapeText(shape)}`, Number(dim))
}

/** Shape of an element-wise result (ONNX "Multidirectional Broadcasting", as NumPy). `op` is named in errors. */
export function broadcast(op: string, left: Shape, right: Shape): Shape {
  const rank = Math.max(left.length, right.length)
  const at = (shape: Shape, axis: number): Dim => shape[axis - rank + shape.length] ?? 1
  return Array.from({ length: rank }, (_, axis) => {
    const [a, b] = [at(left, axis), at(right, axis)]
    check(a === b || a === 1 || b === 1, `${op}: shapes that broadcast`, `${shapeText(left)} and ${shapeText(right)}`)
    return a === 1 ? b : a
  })
}

/** Shape of `left × right`, both of rank 2 or more; leading axes broadcast. */
export function matMulShape(left: Shape, right: Shape): Shape {
  check(
    left.length >= 2 && right.length >= 2 && left.at(-1) === right.at(-2),
    'MatMul: shapes of a matrix product',
    `${shapeText(left)} and ${shapeText(right)}`,
  )
  const leading = broadcast('MatMul', left.slice(0, -2), right.slice(0, -2))
  return [...leading, left.at(-2)!, right.at(-1)!]
}

/** Shape of a concatenation along `axis`; every other dimension must agree. */
export function concatShape(shapes: readonly Shape[], axis: number): Shape {
  const [first, ...rest] = shapes
  check(first !== undefined && axis >= 0 && axis < first.length, 'Concat: axis to join', axis)
  for (const shape of rest) {
    const agrees = shape.length === first!.length && shape.every((dim, i) => i === axis || dim === first![i])
    check(agrees, 'Concat: shapes that join', `${shapeText(first!)} and ${shapeText(shape)}`)
  }
  const sizes = shapes.map((shape) => sizeOf(shape, axis))
  return first!.map((dim, i) => (i === axis ? sizes.reduce((sum, size) => sum + size, 0) : dim))
}
