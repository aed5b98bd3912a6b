import { check } from '../core/check.ts'

/** One dimension: a size, or the name of one that is known only at run time, e.g. `batch`. */
export type Dim = number | string

export type Shape = readonly Dim[]

const textOf = (shape: Shape): string => `[${shape.join(', ')}]`

/** Shape of an element-wise result (ONNX "Multidirectional Broadcasting", as NumPy). Throws `InvariantError` where none exists. */
export function broadcast(left: Shape, right: Shape): Shape {
  const rank = Math.max(left.length, right.length)
  const at = (shape: Shape, axis: number): Dim => shape[axis - rank + shape.length] ?? 1
  return Array.from({ length: rank }, (_, axis) => {
    const [a, b] = [at(left, axis), at(right, axis)]
    check(a === b || a === 1 || b === 1, 'shapes that broadcast', `${textOf(left)} and ${textOf(right)}`)
    return a === 1 ? b : a
  })
}

/** Shape of `left × right` for matrices, `left` with any leading axes. */
export function matMulShape(left: Shape, right: Shape): Shape {
  check(
    left.length >= 2 && right.length === 2 && left.at(-1) === right[0],
    'shapes of a matrix product',
    `${textOf(left)} and ${textOf(right)}`,
  )
  return [...left.slice(0, -1), right[1]!]
}

/** Shape of a concatenation along `axis`; every other dimension must agree. */
export function concatShape(shapes: readonly Shape[], axis: number): Shape {
  const [first, ...rest] = shapes
  check(first !== undefined && axis >= 0 && axis < first.length, 'axis to join', axis)
  const sizes = shapes.map((shape) => Number(shape[axis]))
  for (const shape of rest) {
    const agrees = shape.length === first!.length && shape.every((dim, i) => i === axis || dim === first![i])
    check(agrees, 'shapes that join', `${textOf(first!)} and ${textOf(shape)}`)
  }
  check(sizes.every(Number.isInteger), 'sizes to join, known when built', sizes.join(', '))
  return first!.map((dim, i) => (i === axis ? sizes.reduce((sum, size) => sum + size, 0) : dim))
}

/** Number of elements of a shape without run-time dimensions. */
export const elementCount = (shape: Shape): number =>
  shape.reduce<number>((product, dim) => product * check(typeof dim === 'number', 'known dimension', Number(dim)), 1)
