import { InvariantError } from '../../../core/errors.ts'
import type { Operator, OperatorTable } from '../operator.ts'
import { broadcastShape, expandTo } from '../shapes.ts'
import type { Tensor, TensorFlow } from '../tensorflow.ts'

const unary =
  (apply: (tf: TensorFlow, x: Tensor) => Tensor): Operator =>
  ({ tf }) =>
  (inputs) =>
    apply(tf, inputs.tensor(0))

type Binary = (tf: TensorFlow, a: Tensor, b: Tensor) => Tensor

const binary =
  (apply: Binary): Operator =>
  ({ tf }) =>
  (inputs) =>
    apply(tf, inputs.tensor(0), inputs.tensor(1))

/** Any number of inputs, folded pairwise. */
const variadic =
  (apply: Binary): Operator =>
  ({ tf }) =>
  (inputs) =>
    Array.from({ length: inputs.count }, (_, at) => inputs.tensor(at)).reduce((a, b) => apply(tf, a, b))

/** The gradients of `tf.maximum` and `tf.minimum` want equal shapes. */
const stretched =
  (apply: Binary): Binary =>
  (tf, a, b) => {
    const shape = broadcastShape(a.shape, b.shape)
    return apply(tf, expandTo(tf, a, shape), expandTo(tf, b, shape))
  }

const maximum = stretched((tf, a, b) => tf.maximum(a, b))
const minimum = stretched((tf, a, b) => tf.minimum(a, b))

/** Integers are divided towards zero in ONNX; `tf.div` rounds down. */
const divide: Binary = (tf, a, b) => {
  if (a.dtype === 'float32') return tf.div(a, b)
  return tf.mul(tf.floorDiv(tf.abs(a), tf.abs(b)), tf.mul(tf.sign(a), tf.sign(b)))
}

const clip: Operator =
  ({ tf }) =>
  (inputs) => {
    const [low, high] = [inputs.optionalTensor(1), inputs.optionalTensor(2)]
    const above = low ? maximum(tf, inputs.tensor(0), low) : inputs.tensor(0)
    return high ? minimum(tf, above, high) : above
  }

const leakyRelu: Operator = ({ tf, attributes }) => {
  const alpha = attributes.number('alpha', 0.01)
  return (inputs) => tf.leakyRelu(inputs.tensor(0), alpha)
}

const where: Operator =
  ({ tf }) =>
  (inputs) => {
    const [condition, a, b] = [inputs.tensor(0), inputs.tensor(1), inputs.tensor(2)]
    const shape = broadcastShape(condition.shape, broadcastShape(a.shape, b.shape))
    return tf.where(expandTo(tf, condition, shape), expandTo(tf, a, shape), expandTo(tf, b, shape))
  }

/** `TensorProto.DataType` to the type that stands for it here. */
const TYPE_OF: Readonly<Record<number, 'float32' | 'int32' | 'bool'>> = {
  1: 'float32',
  6: 'int32',
  7: 'int32',
  9: 'bool',
}

const cast: Operator = ({ tf, attributes }) => {
  const to = attributes.number('to', 0)
  const type = TYPE_OF[to]
  if (type === undefined)
    throw new InvariantError(`to was ${to}; it must be 1 (float), 6 (int32), 7 (int64) or 9 (bool)`)
  return (inputs) => tf.cast(inputs.tensor(0), type)
}

/** Element by element, with broadcasting. */
export const ELEMENTWISE: OperatorTable = {
  Abs: unary((tf, x) => tf.abs(x)),
  Cos: unary((tf, x) => tf.cos(x)),
  Erf: unary((tf, x) => tf.erf(x)),
  Exp: unary((tf, x) => tf.exp(x)),
  Log: unary((tf, x) => tf.log(x)),
  Neg: unary((tf, x) => tf.neg(x)),
  Not: unary((tf, x) => tf.logicalNot(x)),
  Reciprocal: unary((tf, x) => tf.reciprocal(x)),
  Relu: unary((tf, x) => tf.relu(x)),
  Sigmoid: unary((tf, x) => tf.sigmoid(x)),
  Sign: unary((tf, x) => tf.sign(x)),
  Sin: unary((tf, x) => tf.sin(x)),
  Softplus: unary((tf, x) => tf.softplus(x)),
  Sqrt: unary((tf, x) => tf.sqrt(x)),
  Tanh: unary((tf, x) => tf.tanh(x)),
  Add: binary((tf, a, b) => tf.add(a, b)),
  Div: binary(divide),
  Equal: binary((tf, a, b) => tf.equal(a, b)),
  Greater: binary((tf, a, b) => tf.greater(a, b)),
  Less: binary((tf, a, b) => tf.less(a, b)),
  Mul: binary((tf, a, b) => tf.mul(a, b)),
  Pow: binary((tf, a, b) => tf.pow(a, b)),
  Sub: binary((tf, a, b) => tf.sub(a, b)),
  Max: variadic(maximum),
  Min: variadic(minimum),
  Cast: cast,
  Clip: clip,
  LeakyRelu: leakyRelu,
  Where: where,
}
