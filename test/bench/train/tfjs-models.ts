import type * as tfjs from '@tensorflow/tfjs'
import { TRAIN_SHAPE, type TrainModel } from './contender.ts'
import { sinusoids } from './positions.ts'

const { batch, steps, features, width, layers, heads } = TRAIN_SHAPE
const EPSILON = 1e-5

/** Torch's names; matrices turned to [in, out], since the WASM backend is fast on plain products only. */
export type TfjsWeights = Readonly<Record<string, tfjs.Variable>>

export type TfjsForward = (x: tfjs.Tensor, weights: TfjsWeights) => tfjs.Tensor

/** Of two matrices. */
export type TfjsProduct = (left: tfjs.Tensor, right: tfjs.Tensor) => tfjs.Tensor

/** Forward passes in TensorFlow.js's own operators, input [batch, steps, features], output [batch, 1]. */
export function tfjsModels(tf: typeof tfjs, product: TfjsProduct): Readonly<Record<TrainModel, TfjsForward>> {
  const linear = (x: tfjs.Tensor, weights: TfjsWeights, weight: string, bias: string): tfjs.Tensor =>
    tf.add(product(x, weights[weight]!), weights[bias]!)

  const lstm: TfjsForward = (x, weights) => {
    const bias = tf.add(weights['lstm.bias_ih_l0']!, weights['lstm.bias_hh_l0']!)
    let hidden: tfjs.Tensor = tf.zeros([batch, width])
    let cell: tfjs.Tensor = tf.zeros([batch, width])
    // One product a step was faster than one for all steps, and faster than `tf.layers.lstm`.
    for (const row of tf.unstack(x, 1)) {
      const inward = tf.add(product(row, weights['lstm.weight_ih_l0']!), bias)
      const gates = tf.add(inward, product(hidden, weights['lstm.weight_hh_l0']!))
      const [input, forget, candidate, output] = tf.split(gates, 4, 1)
      cell = tf.add(tf.mul(tf.sigmoid(forget!), cell), tf.mul(tf.sigmoid(input!), tf.tanh(candidate!)))
      hidden = tf.mul(tf.sigmoid(output!), tf.tanh(cell))
    }
    return linear(hidden, weights, 'head.weight', 'head.bias')
  }

  const norm = (x: tfjs.Tensor, gain: tfjs.Tensor, bias: tfjs.Tensor): tfjs.Tensor => {
    const { mean, variance } = tf.moments(x, 1, true)
    return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, EPSILON))), gain), bias)
  }

  const attention = (x: tfjs.Tensor, weights: TfjsWeights, prefix: string): tfjs.Tensor => {
    const head = width / heads
    const projected = linear(x, weights, `${prefix}.in_proj_weight`, `${prefix}.in_proj_bias`)
    const parts = projected.reshape([batch, steps, 3, heads, head]).transpose([2, 0, 3, 1, 4])
    const [query, key, value] = tf.unstack(parts.reshape([3, batch * heads, steps, head]))
    const scores = tf.softmax(tf.mul(tf.matMul(query!, key!, false, true), 1 / Math.sqrt(head)))
    const mixed = tf.matMul(scores, value!).reshape([batch, heads, steps, head]).transpose([0, 2, 1, 3])
    return linear(
      mixed.reshape([batch * steps, width]),
      weights,
      `${prefix}.out_proj.weight`,
      `${prefix}.out_proj.bias`,
    )
  }

  /** Norm last, ReLU. [batch steps, width]. */
  const encoderLayer = (x: tfjs.Tensor, weights: TfjsWeights, prefix: string): tfjs.Tensor => {
    const normed = (value: tfjs.Tensor, name: string): tfjs.Tensor =>
      norm(value, weights[`${prefix}.${name}.weight`]!, weights[`${prefix}.${name}.bias`]!)
    const mixed = normed(tf.add(x, attention(x, weights, `${prefix}.self_attn`)), 'norm1')
    const wide = tf.relu(linear(mixed, weights, `${prefix}.linear1.weight`, `${prefix}.linear1.bias`))
    return normed(tf.add(mixed, linear(wide, weights, `${prefix}.linear2.weight`, `${prefix}.linear2.bias`)), 'norm2')
  }

  const positions = tf.tensor(sinusoids(steps, width), [1, steps, width])
  const transformer: TfjsForward = (x, weights) => {
    const rows = linear(x.reshape([batch * steps, features]), weights, 'embed.weight', 'embed.bias')
    let h = tf.add(rows.reshape([batch, steps, width]), positions).reshape([batch * steps, width])
    for (let layer = 0; layer < layers; layer += 1) h = encoderLayer(h, weights, `encoder.layers.${layer}`)
    return linear(h.reshape([batch, steps, width]).mean(1), weights, 'head.weight', 'head.bias')
  }
  return { lstm, transformer }
}
