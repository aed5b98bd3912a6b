import { z } from 'zod'
import { replayInstrumentSchema } from './mode-sections.ts'

const file = z.string().min(1)
/** `YYYY-MM-DD`, or with a time. */
const moment = z.iso.date().or(z.iso.datetime({ offset: true }))

const repairSchema = z.strictObject({
  gaps: z
    .enum(['error', 'fill'])
    .describe('missing candles: error, or fill with flat ones on which the model abstains'),
  duplicates: z.enum(['error', 'drop']).describe('rows with a time that was there: error, or drop'),
  unsorted: z.enum(['error', 'sort']).describe('rows out of order: error, or sort'),
  nonFinite: z.enum(['error', 'drop']).describe('rows with a number that is not finite: error, or drop'),
})

export const candleDataSchema = z
  .strictObject({
    folder: file.describe(
      'folder of the files, relative to the working directory; --data names another. Beside the checkout, so that several share it',
    ),
    from: moment.optional().describe('first moment, ISO 8601, UTC; leave out: the beginning of the files'),
    to: moment.optional().describe('end, ISO 8601, UTC; leave out: the end of the files'),
    repair: repairSchema.describe('what to do about bad rows; what is repaired is counted in the report'),
    jumpBpsMax: z
      .number()
      .positive()
      .max(10_000)
      .optional()
      .describe('farthest that a close may stand from the mark price, basis points; leave out: 300'),
  })
  .check(spanRuns)

function spanRuns({
  value: { from, to },
  issues,
}: z.core.ParsePayload<{ from?: string | undefined; to?: string | undefined }>): void {
  if (from === undefined || to === undefined || Date.parse(from) < Date.parse(to)) return
  issues.push({
    code: 'custom',
    path: ['from'],
    input: from,
    message: `before backtest.data.to, which is ${JSON.stringify(to)}`,
  })
}

export const backtestInstrumentSchema = replayInstrumentSchema.extend({
  bars: file
    .optional()
    .describe('file of candles in data.folder: CSV, JSON, Arrow, Feather or Parquet; on tapes: leave out'),
  funding: file.optional().describe('file of funding rates in data.folder; leave out: no funding is paid'),
  mark: file.optional().describe('file of mark-price candles in data.folder; leave out: the close stands for the mark'),
})

const days = z.number().positive().max(3_650)

const retrainSchema = z.strictObject({
  everyDays: days.describe('time between two models, days'),
  windowDays: days.describe('history that a model learns from, days'),
  firstAfterDays: days.describe('history before the first model; until then nothing is traded, days'),
  steps: z.int().min(1).max(1_024).describe('bars that the model sees, count'),
  horizonBars: z.int().min(1).max(1_024).describe('bars ahead that the model forecasts, count'),
  validationShare: z
    .number()
    .gt(0)
    .lt(0.9)
    .describe('later share of the window that chooses penalties or the epoch to keep, above 0 to below 0.9'),
  evaluationShare: z
    .number()
    .gt(0)
    .lt(0.9)
    .describe('latest share of the window that no fit sees and each model is scored on, above 0 to below 0.9'),
  model: file
    .optional()
    .describe('YAML file of the model and its training, relative to the working directory; leave out: ridge'),
  out: file.describe(
    'folder of the model family that the models are written into, relative to the working directory; with model.groups of one folder for each group',
  ),
})

export const backtestSchema = z.strictObject({
  data: candleDataSchema.optional().describe('the candles; leave out: runs on tapes only'),
  instruments: z.array(backtestInstrumentSchema).min(1).max(100).describe('what the files do not say of the symbols'),
  startingBalance: z
    .string()
    .regex(/^\d{1,15}(\.\d{1,8})?$/, 'a quoted decimal, e.g. "10000"')
    .refine((text) => Number(text) > 0, 'greater than 0')
    .describe('wallet at the start, quoted decimal, settle currency'),
  batch: z
    .int()
    .min(1)
    .max(1_024)
    .describe(
      'windows that the models see in one round, of all instruments together, count; 1: bar by bar, as a daemon does',
    ),
  retrain: retrainSchema.optional().describe('walk-forward; leave out: the models that are there decide all bars'),
  resamples: z.int().min(100).max(10_000).describe('bootstrap samples behind the intervals, count'),
  seed: z.int().min(0).max(4_294_967_295).describe('of the bootstrap'),
})
