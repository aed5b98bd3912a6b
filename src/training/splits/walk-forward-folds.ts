import { z } from 'zod'
import type { Fold, FoldPlan } from './fold.ts'
import { purgedFold } from './fold.ts'
import { allRows, evenCuts, momentsOf, rowsBetween } from './moments.ts'
import type { TimedRows } from './purge.ts'

export const walkForwardSettingsSchema = z.strictObject({
  kind: z.literal('walk-forward').describe('walk-forward, or combinatorial: purged folds'),
  folds: z.int().min(1).max(100).default(5).describe('test blocks of equal length, one after the other'),
  firstTrainShare: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.5)
    .describe('of all bars: those before the first test block, never tested'),
  scheme: z
    .enum(['anchored', 'rolling'])
    .default('anchored')
    .describe('anchored: trained on everything before; rolling: on as many bars as the first fold'),
  embargoBars: z
    .int()
    .min(0)
    .default(0)
    .describe('kept clear between training and test rows beyond windows and labels'),
})

type WalkForwardSettings = z.infer<typeof walkForwardSettingsSchema>

/**
 * Each fold is tested on a block and trained on what came before it, purged: a row after the first `firstTrainShare` of the moments is
 * tested exactly once, by a model that saw nothing from its window's beginning on. Cut by time over all instruments.
 */
export function walkForwardFolds(data: TimedRows, settings: Omit<WalkForwardSettings, 'kind'>): FoldPlan {
  const rows = allRows(data)
  const moments = momentsOf(data, rows)
  const first = Math.round(moments.length * settings.firstTrainShare)
  const cuts = evenCuts(first, moments.length, settings.folds)
  const folds = cuts.slice(0, -1).map((from, block): Fold => {
    const test = rowsBetween(data, rows, moments, [from, cuts[block + 1]!])
    const trainFrom = settings.scheme === 'rolling' ? from - first : 0
    return purgedFold(data, rowsBetween(data, rows, moments, [trainFrom, from]), [test], settings.embargoBars)
  })
  return { folds, paths: [folds.map(({ test }, fold) => ({ fold, rows: test }))] }
}
