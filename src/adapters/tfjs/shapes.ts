import { check } from '../../core/check.ts'
import type { Tensor, TensorFlow } from './tensorflow.ts'

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1)

/** `axis` counted from the front; negative ones count from the back. */
export function axisOf(axis: number, rank: number): number {
  check(axis >= -rank && axis < rank, `axis of a tensor of rank ${rank}`, axis)
  return axis < 0 ? axis + rank : axis
}

export const axesOf = (axes: readonly number[], rank: number): number[] => axes.map((axis) => axisOf(axis, rank))

/** Shape that both broadcast to, as in NumPy: aligned at the end, size 1 stretches. */
export function broadcastShape(left: readonly number[], right: readonly number[]): number[] {
  const rank = Math.max(left.length, right.length)
  const dimAt = (shape: readonly number[], at: number) => shape[at - rank + shape.length] ?? 1
  return Array.from({ length: rank }, (_, at) => {
    const [a, b] = [dimAt(left, at), dimAt(right, at)]
    check(a === b || a === 1 || b === 1, 'broadcast', `[${left.join(', ')}] with [${right.join(', ')}]`)
    return a === 1 ? b : a
  })
}

/**
 * Stretches `x` to `shape`. A product with ones, as the gradient of `tf.broadcastTo` stops at rank 4, and those of `tf.maximum` and of
 * `tf.matMul` do not sum over what was stretched.
 */
export function expandTo(tf: TensorFlow, x: Tensor, shape: readonly number[]): Tensor {
  if (x.shape.length === shape.length && x.shape.every((dim, axis) => dim === shape[axis])) return x
  return x.dtype === 'float32' ? tf.mul(x, tf.ones([...shape])) : tf.broadcastTo(x, [...shape])
}

/** Parts of `sizes` along `axis`. One part is `x` itself: the gradient of `tf.split` fails on it. */
export const splitAt = (tf: TensorFlow, x: Tensor, sizes: readonly number[], axis = 0): Tensor[] =>
  sizes.length === 1 ? [x] : tf.split(x, [...sizes], axis)

/** The slices along the first axis. One is made by a reshape: the gradient of `tf.unstack` fails on it. */
export const unstack = (tf: TensorFlow, x: Tensor): Tensor[] =>
  x.shape[0] === 1 ? [tf.reshape(x, x.shape.slice(1))] : tf.unstack(x)

/** Applies `along`, which works on the last axis, to `axis`. */
export function onLastAxis(tf: TensorFlow, x: Tensor, axis: number, along: (x: Tensor) => Tensor): Tensor {
  const last = x.rank - 1
  if (axis === last) return along(x)
  const swap = Array.from({ length: x.rank }, (_, at) => (at === axis ? last : at === last ? axis : at))
  return tf.transpose(along(tf.transpose(x, swap)), swap)
}
