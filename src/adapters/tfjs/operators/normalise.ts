import { check } from '../../../core/check.ts'
import type { Operator, OperatorTable } from '../operator.ts'
import { axisOf, onLastAxis } from '../shapes.ts'
import type { Tensor, TensorFlow } from '../tensorflow.ts'

/** TensorFlow.js takes the last axis only. */
const alongAxis =
  (apply: (tf: TensorFlow, x: Tensor) => Tensor): Operator =>
  ({ tf, attributes }) => {
    const axis = attributes.number('axis', -1)
    return (inputs) => {
      const x = inputs.tensor(0)
      return onLastAxis(tf, x, axisOf(axis, x.rank), (last) => apply(tf, last))
    }
  }

/** Outputs: normalised, mean, 1 / standard deviation; the last two with size 1 from `axis` on. */
const layerNormalization: Operator = ({ tf, attributes }) => {
  const axis = attributes.number('axis', -1)
  const epsilon = attributes.number('epsilon', 1e-5)
  const stash = attributes.number('stash_type', 1)
  check(stash === 1, 'stash_type of LayerNormalization (1, float)', stash)
  return (inputs) => {
    const [x, bias] = [inputs.tensor(0), inputs.optionalTensor(2)]
    const from = axisOf(axis, x.rank)
    const axes = Array.from({ length: x.rank - from }, (_, at) => from + at)
    const mean = tf.mean(x, axes, true)
    const centred = tf.sub(x, mean)
    const inverse = tf.reciprocal(tf.sqrt(tf.add(tf.mean(tf.square(centred), axes, true), epsilon)))
    const scaled = tf.mul(tf.mul(centred, inverse), inputs.tensor(1))
    return [bias ? tf.add(scaled, bias) : scaled, mean, inverse]
  }
}

export const NORMALISE: OperatorTable = {
  LayerNormalization: layerNormalization,
  LogSoftmax: alongAxis((tf, x) => tf.logSoftmax(x)),
  Softmax: alongAxis((tf, x) => tf.softmax(x)),
}
