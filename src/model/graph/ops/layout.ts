import { check } from '../../../core/check.ts'
import type { Graph, Value } from '../graph.ts'
import { applyOne } from '../graph.ts'
import type { Dim, Shape, StaticShape } from '../shape.ts'
import { axisOf, broadcast, concatShape, dimProduct, sameShape, shapeText, sizeOf } from '../shape.ts'

/** Operators that move elements and change none. */

/** The same elements, row-major, in another shape. At most one run-time dimension may move; it must stay the only one. */
export function reshape(graph: Graph, value: Value, shape: Shape): Value {
  if (sameShape(value.shape, shape)) return value
  check(
    dimProduct(value.shape) === dimProduct(shape),
    `Reshape: as many elements as ${shapeText(value.shape)}`,
    shapeText(shape),
  )
  const symbolic = shape.filter((dim) => typeof dim === 'string').length
  check(symbolic <= 1, 'Reshape: at most one run-time dimension', shapeText(shape))
  const target = shape.map((dim) => (typeof dim === 'string' ? -1 : dim))
  return applyOne(graph, 'Reshape', [value, graph.integers(target)], shape)
}

/** `[batch, a, b, …]` to `[batch, a × b × …]`. */
export const flatten = (graph: Graph, value: Value): Value =>
  reshape(graph, value, [value.shape[0]!, dimProduct(value.shape.slice(1))])

/** Axis `i` of the result is axis `order[i]` of `value`. */
export function transpose(graph: Graph, value: Value, order: readonly number[]): Value {
  const sorted = order.toSorted((a, b) => a - b)
  check(
    sorted.length === value.shape.length && sorted.every((axis, i) => axis === i),
    'Transpose: order of axes',
    order,
  )
  if (order.every((axis, i) => axis === i)) return value
  const shape = order.map((axis) => value.shape[axis]!)
  return applyOne(graph, 'Transpose', [value], shape, { perm: order })
}

/** Swaps the last two axes. */
export function transposeLast(graph: Graph, value: Value): Value {
  const axes = value.shape.map((_, axis) => axis)
  return transpose(graph, value, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!])
}

/** Repeats dimensions of 1 (or missing ones in front) up to `shape`. */
export function expand(graph: Graph, value: Value, shape: StaticShape): Value {
  if (sameShape(value.shape, shape)) return value
  check(
    sameShape(broadcast('Expand', value.shape, shape), shape),
    `Expand: a shape for ${shapeText(value.shape)}`,
    shape,
  )
  return applyOne(graph, 'Expand', [value, graph.integers(shape)], shape)
}

export function concat(graph: Graph, values: readonly Value[], axis: number): Value {
  const [first] = values
  check(first !== undefined, 'Concat: values to join', values.length)
  if (values.length === 1) return first!
  const at = axisOf(first!.shape, axis)
  const shapes = values.map(({ shape }) => shape)
  return applyOne(graph, 'Concat', values, concatShape(shapes, at), { axis: at })
}

/** Cuts along `axis` into parts of `sizes`. */
export function split(graph: Graph, value: Value, axis: number, sizes: readonly number[]): readonly Value[] {
  const at = axisOf(value.shape, axis)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  check(
    total === value.shape[at] && sizes.every((size) => size > 0),
    `Split: sizes of axis ${axis} of ${shapeText(value.shape)}`,
    sizes,
  )
  if (sizes.length === 1) return [value]
  const shapeOf = (size: number): Shape => value.shape.map((dim, i) => (i === at ? size : dim))
  return graph.apply(
    'Split',
    [value, graph.integers(sizes)],
    sizes.map((size) => ({ shape: shapeOf(size) })),
    { axis: at },
  )
}

/** Elements `from` to before `to` of `axis`. */
export function slice(graph: Graph, value: Value, axis: number, from: number, to: number): Value {
  const at = axisOf(value.shape, axis)
  const size = sizeOf(value.shape, at)
  check(
    from >= 0 && to > from && to <= size,
    `Slice: range within axis ${axis} of ${shapeText(value.shape)}`,
    `${from} to ${to}`,
  )
  if (from === 0 && to === size) return value
  const shape: Dim[] = value.shape.map((dim, i) => (i === at ? to - from : dim))
  const bounds = [[from], [to], [at]].map((list) => graph.integers(list))
  return applyOne(graph, 'Slice', [value, ...bounds], shape)
}

/** Elements of `axis` at `indices`, in their order; one may come several times or not at all. */
export function gather(graph: Graph, value: Value, axis: number, indices: readonly number[]): Value {
  const at = axisOf(value.shape, axis)
  const size = sizeOf(value.shape, at)
  check(
    indices.length > 0 && indices.every((index) => Number.isInteger(index) && index >= 0 && index < size),
    `Gather: indices within axis ${axis} of ${shapeText(value.shape)}`,
    indices,
  )
  const shape: Dim[] = value.shape.map((dim, i) => (i === at ? indices.length : dim))
  return applyOne(graph, 'Gather', [value, graph.integers(indices)], shape, { axis: at })
}

/** Puts `before` and `after` zeros on the ends of `axis`. */
export function pad(graph: Graph, value: Value, axis: number, before: number, after: number): Value {
  if (before === 0 && after === 0) return value
  const at = axisOf(value.shape, axis)
  const size = sizeOf(value.shape, at)
  const rank = value.shape.length
  const amounts = Array.from({ length: 2 * rank }, (_, i) => (i === at ? before : i === at + rank ? after : 0))
  const shape: Dim[] = value.shape.map((dim, i) => (i === at ? size + before + after : dim))
  return applyOne(graph, 'Pad', [value, graph.integers(amounts)], shape)
}

export const zeros = (graph: Graph, shape: StaticShape): Value => expand(graph, graph.scalar(0), shape)
