import type * as tfjs from '@tensorflow/tfjs'
import type { TfjsProduct } from './tfjs-models.ts'

/**
 * The product of two matrices with a gradient that transposes by hand. The library's own gradient asks the WASM kernel
 * for products of transposed matrices, which do not go through XNNPACK and are many times slower.
 */
export function tunedProduct(tf: typeof tfjs): TfjsProduct {
  const product = tf.customGrad((...args) => {
    const [left, right, save] = args as [tfjs.Tensor, tfjs.Tensor, tfjs.GradSaveFunc]
    save([left, right])
    return {
      value: tf.matMul(left, right),
      gradFunc: (upstream, saved) => {
        const [a, b] = saved as [tfjs.Tensor, tfjs.Tensor]
        return [tf.matMul(upstream, tf.transpose(b)), tf.matMul(tf.transpose(a), upstream)]
      },
    }
  })
  return (left, right) => product(left, right)
}
