import { z } from 'zod'

const share = z.number().positive().max(1_000).describe('share in the total loss')

const meanLoss = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('mse').describe('mse, or huber: squared near 0, linear far out') }),
  z.strictObject({
    kind: z.literal('huber'),
    delta: z.number().positive().describe('errors beyond this count linearly, deviations of the target'),
  }),
])

/** Which heads a forecaster has, each with its share in the loss. What has no head is derived from those that are there. */
export const headOptionsSchema = z
  .strictObject({
    quantiles: z.strictObject({ share }).optional().describe('non-crossing quantiles, pinball loss'),
    classes: z
      .strictObject({
        share,
        weights: z
          .union([
            z.literal('balanced'),
            z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
          ])
          .describe('weights of down, flat, up, or balanced: each class counts the same in total'),
      })
      .optional()
      .describe('probabilities of down, flat, up; cross-entropy'),
    volatility: z.strictObject({ share }).optional().describe('deviation of the forward return, QLIKE loss'),
    mean: z
      .strictObject({ share, loss: meanLoss.describe('loss of the mean') })
      .optional()
      .describe('mean of the forward return'),
  })
  .refine((heads) => heads.quantiles !== undefined || (heads.mean !== undefined && heads.volatility !== undefined), {
    path: ['quantiles'],
    error: 'needs the head quantiles, or mean and volatility: the others are derived from them',
  })

export type HeadOptions = z.infer<typeof headOptionsSchema>
