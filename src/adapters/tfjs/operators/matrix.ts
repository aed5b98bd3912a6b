import type { Operator, OperatorTable } from '../operator.ts'
import { broadcastShape, expandTo, sizeOf } from '../shapes.ts'
import type { Tensor, TensorFlow } from '../tensorflow.ts'

/** As NumPy's `matmul`: vectors are a row on the left and a column on the right, leading dimensions broadcast. */
function matMul(tf: TensorFlow, left: Tensor, right: Tensor): Tensor {
  const a = left.rank === 1 ? tf.expandDims(left, 0) : left
  const b = right.rank === 1 ? tf.expandDims(right, 1) : right
  const product = b.rank === 2 ? timesMatrix(tf, a, b) : batched(tf, a, b)
  const rows = left.rank === 1 ? [] : [a.shape.at(-2)!]
  const columns = right.rank === 1 ? [] : [b.shape.at(-1)!]
  return tf.reshape(product, [...product.shape.slice(0, -2), ...rows, ...columns])
}

/** [..., k] × [k, n]: one product of two matrices. */
function timesMatrix(tf: TensorFlow, a: Tensor, b: Tensor): Tensor {
  const rows = sizeOf(a.shape.slice(0, -1))
  const product = tf.matMul(tf.reshape(a, [rows, a.shape.at(-1)!]), b)
  return tf.reshape(product, [...a.shape.slice(0, -1), b.shape[1]!])
}

/** [..., m, k] × [..., k, n], as one list of pairs: `tf.matMul` broadcasts forward but not in its gradient. */
function batched(tf: TensorFlow, a: Tensor, b: Tensor): Tensor {
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2))
  const stack = (x: Tensor): Tensor => {
    const matrix = x.shape.slice(-2)
    return tf.reshape(expandTo(tf, x, [...batch, ...matrix]), [sizeOf(batch), matrix[0]!, matrix[1]!])
  }
  return tf.reshape(tf.matMul(stack(a), stack(b)), [...batch, a.shape.at(-2)!, b.shape.at(-1)!])
}

const gemm: Operator = ({ tf, attributes }) => {
  const [alpha, beta] = [attributes.number('alpha', 1), attributes.number('beta', 1)]
  const [transA, transB] = [attributes.number('transA', 0) !== 0, attributes.number('transB', 0) !== 0]
  const scaled = (x: Tensor, factor: number): Tensor => (factor === 1 ? x : tf.mul(x, factor))
  return (inputs) => {
    const product = scaled(tf.matMul(inputs.tensor(0), inputs.tensor(1), transA, transB), alpha)
    const bias = inputs.optionalTensor(2)
    return bias ? tf.add(product, scaled(bias, beta)) : product
  }
}

export const MATRIX: OperatorTable = {
  MatMul:
    ({ tf }) =>
    (inputs) =>
      matMul(tf, inputs.tensor(0), inputs.tensor(1)),
  Gemm: gemm,
}
