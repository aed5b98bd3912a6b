import type * as tfjs from '@tensorflow/tfjs'

/**
 * The TensorFlow.js namespace. It is passed in, not imported: `@tensorflow/tfjs`, `@tensorflow/tfjs-node-gpu` and any other
 * package that carries it will do, on whichever backend is set.
 */
export type TensorFlow = typeof tfjs

export type Tensor = tfjs.Tensor
