import { TRAIN_SHAPE, type TrainModel } from './contender.ts'

const { steps, features, width, layers, feedForward } = TRAIN_SHAPE

/** How `flopsPerSample` counts. */
export const FLOPS_COUNTED =
  'matrix products of forward and backward pass, 2 operations a multiply-add; no gradient of the input x; ' +
  'element-wise work, normalisation, softmax and Adam count nothing'

/** A product and its two gradients, or without that of the left operand. */
const [TRAINED, TRAINED_FIRST] = [3, 2]

const product = (rows: number, inner: number, columns: number): number => 2 * rows * inner * columns

const head = TRAINED * product(1, width, 1)

const lstm = TRAINED_FIRST * product(steps, features, 4 * width) + TRAINED * product(steps, width, 4 * width) + head

const encoderLayer =
  product(steps, width, 3 * width) + // Query, key, value.
  2 * product(steps, width, steps) + // Scores, and their mixing of values: all heads together.
  product(steps, width, width) +
  2 * product(steps, width, feedForward)

const transformer = TRAINED_FIRST * product(steps, features, width) + TRAINED * layers * encoderLayer + head

/** Floating-point operations to train on one sample. */
export const flopsPerSample: Readonly<Record<TrainModel, number>> = { lstm, transformer }
