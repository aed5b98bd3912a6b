import { check } from '../../../core/check.ts'
import { isHost } from '../operand.ts'
import type { Operator, OperatorTable } from '../operator.ts'
import { axesOf, axisOf, broadcastShape, expandTo, sizeOf } from '../shapes.ts'

const reshape: Operator = ({ tf, attributes }) => {
  const allowZero = attributes.number('allowzero', 0) !== 0
  return (inputs) => {
    const x = inputs.tensor(0)
    // 0 copies the dimension that stands there.
    const dims = inputs.ints(1).map((dim, at) => (dim === 0 && !allowZero ? x.shape[at]! : dim))
    return tf.reshape(x, dims)
  }
}

/** `axis` may be the rank: one row of everything, as a column. */
const flatten: Operator = ({ tf, attributes }) => {
  const axis = attributes.number('axis', 1)
  return (inputs) => {
    const x = inputs.tensor(0)
    const at = axis === x.rank ? axis : axisOf(axis, x.rank)
    return tf.reshape(x, [sizeOf(x.shape.slice(0, at)), sizeOf(x.shape.slice(at))])
  }
}

const squeeze: Operator =
  ({ tf }) =>
  (inputs) => {
    const x = inputs.tensor(0)
    const axes = inputs.optionalInts(1)
    const dropped = new Set(axes ? axesOf(axes, x.rank) : x.shape.flatMap((dim, at) => (dim === 1 ? [at] : [])))
    for (const axis of dropped) check(x.shape[axis] === 1, `size to squeeze at axis ${axis}`, x.shape[axis])
    const kept = x.shape.filter((_, at) => !dropped.has(at))
    return tf.reshape(x, kept)
  }

const unsqueeze: Operator =
  ({ tf }) =>
  (inputs) => {
    const x = inputs.tensor(0)
    const axes = inputs.ints(1)
    const rank = x.rank + axes.length
    const added = new Set(axesOf(axes, rank))
    check(added.size === axes.length, 'axes of Unsqueeze, each once,', axes.join(', '))
    const rest = x.shape.values()
    const dims = Array.from({ length: rank }, (_, at) => (added.has(at) ? 1 : rest.next().value!))
    return tf.reshape(x, dims)
  }

const transpose: Operator = ({ tf, attributes }) => {
  const order = attributes.numbers('perm')
  return (inputs) => tf.transpose(inputs.tensor(0), order && [...order])
}

const expand: Operator =
  ({ tf }) =>
  (inputs) => {
    const x = inputs.tensor(0)
    return expandTo(tf, x, broadcastShape(x.shape, inputs.ints(1)))
  }

const shape: Operator = ({ attributes }) => {
  const start = attributes.number('start', 0)
  const end = attributes.number('end', Number.POSITIVE_INFINITY)
  return (inputs) => {
    const operand = inputs.operand(0)
    const ints = (isHost(operand) ? operand.dims : operand.shape).slice(start, end)
    return { dims: [ints.length], ints }
  }
}

const identity: Operator = () => (inputs) => inputs.operand(0)

/** The same numbers under another shape. */
export const LAYOUT: OperatorTable = {
  Expand: expand,
  Flatten: flatten,
  Identity: identity,
  Reshape: reshape,
  Shape: shape,
  Squeeze: squeeze,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
}
