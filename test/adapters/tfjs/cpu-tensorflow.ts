import * as tf from '@tensorflow/tfjs'

tf.enableProdMode() // No banner about faster packages.
await tf.setBackend('cpu')

/** TensorFlow.js in plain JavaScript: slow, exact, everywhere the same. */
export { tf }
