import { z } from 'zod'

export const modelSchema = z.strictObject({
  path: z.string().min(1).describe('folder of the model bundle, relative to the working directory'),
  provider: z
    .enum(['auto', 'cpu', 'cuda', 'webgpu'])
    .describe('ONNX Runtime execution provider; auto: the best that works here'),
  threads: z.int().min(1).max(64).describe('threads of one inference, count; 1 is fastest for small models'),
  expiresAfterMs: z
    .int()
    .min(60_000)
    .optional()
    .describe('age of the model after which entries are frozen, milliseconds; leave out: never'),
})

export const policySchema = z.strictObject({
  edgeToCostMin: z.number().min(0).max(100).describe('forecast edge needed to enter, times the round-trip cost, ratio'),
})

export const riskSchema = z.strictObject({
  orderNotionalMax: z.number().positive().describe('largest order, quote currency'),
})
