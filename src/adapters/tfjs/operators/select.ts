import { check } from '../../../core/check.ts'
import type { Inputs } from '../operand.ts'
import type { Operator, OperatorTable } from '../operator.ts'
import { axisOf, splitAt } from '../shapes.ts'
import type { Tensor, TensorFlow } from '../tensorflow.ts'

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)

/** First index and number of indices of `start : end : step` in an axis of `size`. Unlike NumPy, a start before the front is the front. */
function sliceRange(start: number, end: number, step: number, size: number): { first: number; count: number } {
  check(step !== 0, 'step of Slice', step)
  const fromFront = (at: number) => (at < 0 ? at + size : at)
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1]
  const first = clamp(fromFront(start), 0, high)
  const last = clamp(fromFront(end), low, high)
  return { first, count: Math.max(0, Math.ceil((last - first) / step)) }
}

/** Steps other than 1 are gathered: `tf.stridedSlice` has no gradient. */
function sliceAxis(
  tf: TensorFlow,
  x: Tensor,
  axis: number,
  [start, end, step]: readonly [number, number, number],
): Tensor {
  const { first, count } = sliceRange(start, end, step, x.shape[axis]!)
  if (step !== 1 && count > 0) {
    const indices = Array.from({ length: count }, (_, at) => first + at * step)
    return tf.gather(x, tf.tensor1d(indices, 'int32'), axis)
  }
  const begin = x.shape.map((_, at) => (at === axis ? first : 0))
  const size = x.shape.map((dim, at) => (at === axis ? count : dim))
  return tf.slice(x, count > 0 ? begin : begin.fill(0), size)
}

const slice: Operator =
  ({ tf }) =>
  (inputs) => {
    const [starts, ends] = [inputs.ints(1), inputs.ints(2)]
    const axes = inputs.optionalInts(3) ?? starts.map((_, at) => at)
    const steps = inputs.optionalInts(4) ?? starts.map(() => 1)
    let x = inputs.tensor(0)
    for (const [at, axis] of axes.entries()) {
      x = sliceAxis(tf, x, axisOf(axis, x.rank), [starts[at]!, ends[at]!, steps[at]!])
    }
    return x
  }

/** Without sizes, equal parts. */
const split: Operator = ({ tf, attributes, outputCount }) => {
  const axis = attributes.number('axis', 0)
  return (inputs) => {
    const x = inputs.tensor(0)
    const at = axisOf(axis, x.rank)
    const sizes = inputs.optionalInts(1) ?? Array.from({ length: outputCount }, () => x.shape[at]! / outputCount)
    check(sizes.length === outputCount, `parts of Split into ${outputCount} outputs`, sizes.length)
    check(
      sizes.reduce((sum, size) => sum + size, 0) === x.shape[at],
      `sizes of Split of ${x.shape[at]}`,
      sizes.join(', '),
    )
    return splitAt(tf, x, sizes, at)
  }
}

const concat: Operator = ({ tf, attributes }) => {
  const axis = attributes.number('axis', Number.NaN)
  check(Number.isInteger(axis), 'axis of Concat', axis)
  return (inputs) => {
    const parts = Array.from({ length: inputs.count }, (_, at) => inputs.tensor(at))
    return tf.concat(parts, axisOf(axis, parts[0]!.rank))
  }
}

/** `indices` of any rank; negative ones count from the back. */
const gather: Operator = ({ tf, attributes }) => {
  const axis = attributes.number('axis', 0)
  return (inputs) => {
    const [x, indices] = [inputs.tensor(0), inputs.tensor(1)]
    const at = axisOf(axis, x.rank)
    const size = tf.scalar(x.shape[at]!, 'int32')
    const flat = tf.reshape(indices, [indices.size])
    const fromFront = tf.where(tf.less(flat, 0), tf.add(flat, size), flat)
    const picked = tf.gather(x, fromFront, at)
    return tf.reshape(picked, [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)])
  }
}

const fillValue = (inputs: Inputs): number => inputs.optionalTensor(2)?.dataSync()[0] ?? 0

/** `pads`: all begins, then all ends; a negative one cuts. */
const pad: Operator = ({ tf, attributes }) => {
  const mode = attributes.text('mode', 'constant')
  check(mode === 'constant', 'mode of Pad (constant)', mode)
  return (inputs) => {
    const x = inputs.tensor(0)
    const pads = inputs.ints(1)
    check(pads.length === 2 * x.rank, `pads of a tensor of rank ${x.rank}`, pads.length)
    const cuts = x.shape.map((_, at) => [Math.max(0, -pads[at]!), Math.max(0, -pads[at + x.rank]!)] as const)
    const begin = cuts.map(([before]) => before)
    const size = x.shape.map((dim, at) => dim - cuts[at]![0] - cuts[at]![1])
    const widths = x.shape.map((_, at): [number, number] => [Math.max(0, pads[at]!), Math.max(0, pads[at + x.rank]!)])
    return tf.pad(tf.slice(x, begin, size), widths, fillValue(inputs))
  }
}

/** Parts of tensors, and tensors of parts. */
export const SELECT: OperatorTable = { Concat: concat, Gather: gather, Pad: pad, Slice: slice, Split: split }
