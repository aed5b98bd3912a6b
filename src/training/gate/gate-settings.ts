import { z } from 'zod'

const probability = z.number().gt(0.5).lt(1)

/** What a candidate must show. Every threshold must hold; see `judge`. */
export const gateSettingsSchema = z.strictObject({
  barsMin: z
    .int()
    .min(100, 'at least 100: the tests are of no use below')
    .default(1_000)
    .describe('least bars forecast and traded out of sample; fewer are no verdict'),
  tradesMin: z.int().min(1).default(30).describe('least round trips; fewer are no verdict'),
  pMax: z
    .number()
    .gt(0)
    .lt(0.5)
    .default(0.05)
    .describe('of Diebold–Mariano on CRPS, one-sided, against the champion and against each baseline'),
  pnlProbabilityMin: probability
    .default(0.95)
    .describe('bootstrap probability that it earns more than the champion, and more than nothing'),
  deflatedSharpeMin: probability
    .default(0.95)
    .describe('probability that its Sharpe ratio is above what the best of all trials would show by luck'),
  coverageErrorMax: z
    .number()
    .gt(0)
    .lt(0.5)
    .default(0.05)
    .describe('largest |share of outcomes below a quantile − its level|'),
  classErrorMax: z.number().gt(0).lt(1).default(0.05).describe('expected calibration error of the class probabilities'),
  looksMax: z
    .int()
    .min(1)
    .max(20)
    .default(1)
    .describe('how often one candidate may be judged while its bars grow; chances of error are divided by it'),
  resamples: z.int().min(500).max(20_000).default(2_000).describe('of the bootstrap'),
  seed: z.int().min(0).default(1).describe('of the bootstrap: the same inputs give the same verdict'),
})

export type GateSettings = z.infer<typeof gateSettingsSchema>
