import { check } from '../../../core/check.ts'
import type { Operator, OperatorTable } from '../operator.ts'
import { axesOf, axisOf, onLastAxis } from '../shapes.ts'
import type { Tensor, TensorFlow } from '../tensorflow.ts'

/** `axes` undefined: all of them. */
type Reduction = (tf: TensorFlow, x: Tensor, axes: number[] | undefined, keepDims: boolean) => Tensor

const given = (axes: readonly number[] | undefined, x: Tensor): number[] | undefined =>
  axes && axes.length > 0 ? axesOf(axes, x.rank) : undefined

const keeps = (keepDims: number): boolean => keepDims !== 0

/** Axes are an attribute until opset 18. */
const reduction =
  (reduce: Reduction): Operator =>
  ({ tf, attributes }) => {
    const axes = attributes.numbers('axes')
    const keepDims = keeps(attributes.number('keepdims', 1))
    return (inputs) => reduce(tf, inputs.tensor(0), given(axes, inputs.tensor(0)), keepDims)
  }

/** The one reduction whose axes are an input since opset 13. */
const reduceSum: Operator = ({ tf, attributes }) => {
  const keepDims = keeps(attributes.number('keepdims', 1))
  const emptyDoesNothing = attributes.number('noop_with_empty_axes', 0) !== 0
  return (inputs) => {
    const [x, axes] = [inputs.tensor(0), inputs.optionalInts(1)]
    if (emptyDoesNothing && (axes === undefined || axes.length === 0)) return x
    return tf.sum(x, given(axes, x), keepDims)
  }
}

/** Along the last axis, since the gradient of `tf.cumsum` is wrong along any other. */
const cumSum: Operator = ({ tf, attributes }) => {
  const exclusive = attributes.number('exclusive', 0) !== 0
  const reverse = attributes.number('reverse', 0) !== 0
  return (inputs) => {
    const x = inputs.tensor(0)
    const axes = inputs.ints(1)
    check(axes.length === 1, 'number of axes of CumSum', axes.length)
    return onLastAxis(tf, x, axisOf(axes[0]!, x.rank), (last) => tf.cumsum(last, last.rank - 1, exclusive, reverse))
  }
}

export const REDUCE: OperatorTable = {
  CumSum: cumSum,
  ReduceMax: reduction((tf, x, axes, keepDims) => tf.max(x, axes, keepDims)),
  ReduceMean: reduction((tf, x, axes, keepDims) => tf.mean(x, axes, keepDims)),
  ReduceSum: reduceSum,
  ReduceSumSquare: reduction((tf, x, axes, keepDims) => tf.sum(tf.square(x), axes, keepDims)),
}
