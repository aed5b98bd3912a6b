import { z } from 'zod'
import { featuresAgree, featuresSchema } from './features-section.ts'
import { barMsSchema, symbolsSchema } from './market-sections.ts'

const seeds = z.array(z.int().min(0).max(4_294_967_295)).min(1).max(10_000)

/** How `tickwright fit` makes a model bundle from simulated flow. */
export const fitSchema = z
  .strictObject({
    mode: z.literal('fit').describe('demo, paper, signal, live, replay, backtest or fit'),
    symbols: symbolsSchema,
    barMs: barMsSchema,
    features: featuresSchema.describe('what the model sees; must equal what it was fitted with'),
    fit: z
      .strictObject({
        out: z
          .string()
          .min(1)
          .describe('folder of the model family that the bundle is written into, relative to the working directory'),
        model: z
          .string()
          .min(1)
          .optional()
          .describe('YAML file of the model and its training, relative to the working directory; leave out: ridge'),
        alpha: z
          .number()
          .min(0)
          .lt(1)
          .describe(
            "share of the next seconds' price variance that order flow foretells in the simulated market, 0 to below 1",
          ),
        trainSeeds: seeds.describe('simulated markets to learn from, one per seed'),
        evaluationSeeds: seeds.describe('simulated markets to measure on, none of trainSeeds'),
        barsPerSeed: z.int().min(100).max(1_000_000).describe('bars simulated per seed, count'),
        steps: z.int().min(1).max(1_024).describe('bars that the model sees, count'),
        horizonBars: z.int().min(1).max(1_024).describe('bars ahead that the model forecasts, count'),
        validationShare: z
          .number()
          .gt(0)
          .lt(0.9)
          .describe(
            'later share of every training market that chooses: penalties, the epoch to keep; above 0 to below 0.9',
          ),
      })
      .refine(({ trainSeeds, evaluationSeeds }) => !evaluationSeeds.some((seed) => trainSeeds.includes(seed)), {
        path: ['evaluationSeeds'],
        error: 'none of trainSeeds: a model is not measured on what it has learnt',
      })
      .describe('the fit'),
  })
  .check(featuresAgree)

export type FitConfig = z.infer<typeof fitSchema>
