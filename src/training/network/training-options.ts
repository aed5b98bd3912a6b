import { z } from 'zod'

const rate = z.number().positive().max(10)
const share = z.number().min(0).lt(1)

const optimiser = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('sgd').describe('sgd, rmsprop, adam or adamw'),
    momentum: share.default(0.9).describe('share of the last move kept'),
  }),
  z.strictObject({
    kind: z.literal('rmsprop'),
    decay: share.default(0.99).describe('share of the old mean square kept'),
    epsilon: rate.default(1e-8).describe('added to the divisor'),
    momentum: share.default(0).describe('share of the last move kept'),
  }),
  z.strictObject({
    kind: z.enum(['adam', 'adamw']),
    beta1: share.default(0.9).describe('share of the old mean gradient kept'),
    beta2: share.default(0.999).describe('share of the old mean square kept'),
    epsilon: rate.default(1e-8).describe('added to the divisor'),
  }),
])

const schedule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant').describe('constant, step, cosine or plateau') }),
  z.strictObject({
    kind: z.literal('step'),
    epochs: z.int().positive().describe('epochs between two falls of the rate'),
    factor: z.number().positive().max(1).describe('what the rate is multiplied with'),
  }),
  z.strictObject({
    kind: z.literal('cosine'),
    warmUp: share.default(0.05).describe('share of all updates over which the rate rises from 0'),
    floor: share.default(0).describe('share of the rate that is left at the end'),
  }),
  z.strictObject({
    kind: z.literal('plateau'),
    factor: z.number().positive().lt(1).default(0.5).describe('what the rate is multiplied with'),
    patience: z.int().min(0).default(3).describe('epochs without a fall of the validation loss that are borne'),
    threshold: share.default(1e-4).describe('share by which the loss must fall to count'),
    floor: share.default(0.01).describe('least share of the rate'),
  }),
])

const truncatedBptt = z
  .strictObject({
    k1: z.int().min(1).max(1_024).describe('steps from one update to the next'),
    k2: z.int().min(1).max(1_024).describe('steps that gradients flow back through, at least k1'),
  })
  .refine(({ k1, k2 }) => k2 >= k1, { path: ['k2'], error: 'at least k1' })

/** How a network is trained. */
export const trainingOptionsSchema = z.strictObject({
  engine: z
    .enum(['onnx', 'tfjs'])
    .default('onnx')
    .describe('onnx: the runtime that serves; tfjs: TensorFlow.js, needs @tensorflow/tfjs-node-gpu installed'),
  provider: z
    .enum(['auto', 'cpu', 'cuda', 'webgpu'])
    .default('cpu')
    .describe('execution provider of onnx; the same seed gives the same weights on cpu only'),
  threads: z.int().min(1).max(256).default(1).describe('threads inside one operator'),
  seed: z.int().min(0).max(4_294_967_295).default(1).describe('of first weights, order of rows and dropout'),
  batchSize: z.int().min(1).max(65_536).default(64).describe('rows in one pass'),
  batchesPerUpdate: z.int().min(1).max(1_024).default(1).describe('passes whose gradients make one update'),
  epochsMax: z.int().min(1).max(10_000).default(30).describe('passes over all training rows, at most'),
  patience: z.int().min(1).max(10_000).default(5).describe('epochs without a lower validation loss before the end'),
  learningRate: rate.default(1e-3).describe('length of a step'),
  schedule: schedule.prefault({ kind: 'cosine' }).describe('how the learning rate moves'),
  optimiser: optimiser.prefault({ kind: 'adamw' }).describe('how weights follow gradients'),
  weightDecay: z.number().min(0).max(10).default(1e-4).describe('L2 penalty of weights; decoupled under adamw'),
  l1: z.number().min(0).max(10).default(0).describe('L1 penalty of weights'),
  gradientNormMax: z
    .number()
    .positive()
    .optional()
    .describe('length over all weights that gradients are cut to; leave out: never'),
  truncatedBptt: truncatedBptt
    .optional()
    .describe(
      'learn on series as they run, the state carried over, batchSize of them side by side; leave out: on windows',
    ),
  recencyHalfLifeBars: z
    .number()
    .positive()
    .optional()
    .describe('age at which a row counts half; leave out: all rows count the same'),
})

export type TrainingOptions = z.infer<typeof trainingOptionsSchema>
