import { z } from 'zod'

const WINDOW_MAX = 100_000

/** On inputs alone: whether another model would do better is not known yet. */
const beforehand = z.enum(['retrain', 'shrink', 'abstain'])
const afterwards = z.enum(['retrain', 'shrink', 'abstain', 'rollback'])

const conformal = z.strictObject({
  enabled: z.boolean().default(true).describe('true: intervals are widened and narrowed by what came of the last ones'),
  step: z
    .number()
    .gt(0)
    .max(0.5)
    .default(0.01)
    .describe('how far one miss moves the share of misses aimed at, a fraction; larger follows faster and swings more'),
  scoresMin: z.int().min(10).max(10_000).default(100).describe('known outcomes before intervals are touched, count'),
  scoresMax: z.int().min(10).max(10_000).default(1_000).describe('latest outcomes that widths are taken from, count'),
  shrink: z
    .boolean()
    .default(true)
    .describe('true: sizes fall as the widest interval grows, by its width as stated / its width as widened'),
})

const coverage = z.strictObject({
  windowBars: z.int().min(20).max(WINDOW_MAX).default(1_000).describe('latest outcomes judged, bars'),
  bandDeviations: z
    .number()
    .min(1)
    .max(10)
    .default(4)
    .describe('how far realised coverage may lie from the stated one, binomial standard deviations'),
  does: z.array(afterwards).max(4).default(['retrain', 'shrink', 'rollback']).describe('what follows beyond that'),
})

const inputs = z.strictObject({
  windowRows: z
    .int()
    .min(100)
    .max(WINDOW_MAX)
    .default(2_000)
    .describe('latest rows held against training, of all instruments together, count'),
  psiMax: z
    .number()
    .gt(0)
    .max(10)
    .default(0.25)
    .describe('population stability index of a feature above which it may have drifted'),
  ksLevel: z
    .number()
    .gt(0)
    .max(0.5)
    .default(0.001)
    .describe('probability that a look finds a drifted feature by chance, by the Kolmogorov-Smirnov test'),
  featureShareMax: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.25)
    .describe('share of features that may have drifted, above 0 to below 1'),
  does: z.array(beforehand).max(3).default(['retrain', 'shrink']).describe('what follows beyond that'),
})

const outliers = z.strictObject({
  ratioMax: z
    .number()
    .min(1)
    .max(100)
    .default(1.5)
    .describe('how much farther from the training rows than the farthest 0.1 % of them a row may lie, a ratio'),
  shareMax: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.05)
    .describe('share of such rows in the window of the inputs above which retraining is asked for, above 0 to below 1'),
  does: z
    .array(beforehand)
    .max(3)
    .default(['retrain', 'abstain'])
    .describe('what follows; shrink and abstain on such a bar alone'),
})

const loss = z.strictObject({
  windowBars: z.int().min(20).max(WINDOW_MAX).default(1_000).describe('latest outcomes judged, bars'),
  barsMin: z.int().min(20).max(WINDOW_MAX).default(500).describe('outcomes before anything is judged, bars'),
  lossRatioMax: z
    .number()
    .gt(1)
    .max(10)
    .default(1.1)
    .describe('greatest mean loss of the model / that of a Gaussian with an exponentially weighted variance, a ratio'),
  decay: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.97)
    .describe("weight of that variance's past at each bar, a fraction, above 0 to below 1"),
  does: z.array(afterwards).max(4).default(['retrain', 'rollback']).describe('what follows beyond that'),
})

const change = z.strictObject({
  valuesMin: z.int().min(2).max(WINDOW_MAX).default(30).describe('outcomes before it may fire, bars'),
  tolerance: z.number().min(0).max(10).default(0.005).describe('rise of the mean that is no change, as below'),
  threshold: z
    .number()
    .gt(0)
    .max(100_000)
    .default(50)
    .describe('sum of what the model loses beyond that, in mean losses of the Gaussian, at which it fires'),
  forgetting: z.number().gt(0).max(1).default(0.9999).describe('share of the sum that is kept from bar to bar'),
  holdBars: z.int().min(1).max(WINDOW_MAX).default(500).describe('how long what follows lasts, bars with an outcome'),
  does: z.array(afterwards).max(4).default(['retrain', 'rollback']).describe('what follows when it fires'),
})

/** How a running model is watched. Every part has defaults; `{}` is a whole setting. */
export const oversightSettingsSchema = z
  .strictObject({
    conformal: conformal.prefault({}).describe('adaptive conformal intervals'),
    coverage: coverage.prefault({}).describe('realised coverage of the intervals as the model states them'),
    inputs: inputs.prefault({}).describe('drift of the features away from the training rows'),
    outliers: outliers.prefault({}).describe('single rows far away from the training rows'),
    loss: loss.prefault({}).describe("the model's loss beside a simple forecast's"),
    change: change.prefault({}).describe('Page-Hinkley test for a rise of the loss over the simple forecast'),
    shrinkFactor: z
      .number()
      .min(0)
      .lt(1)
      .default(0.5)
      .describe('what is left of sizes while anything says shrink, a fraction; 0: positions are closed'),
  })
  .refine((s) => s.conformal.scoresMin <= s.conformal.scoresMax, {
    path: ['conformal', 'scoresMin'],
    error: 'at most scoresMax',
  })
  .refine((s) => s.loss.barsMin <= s.loss.windowBars, { path: ['loss', 'barsMin'], error: 'at most windowBars' })

export type OversightSettings = z.infer<typeof oversightSettingsSchema>
