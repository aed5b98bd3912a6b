import { z } from 'zod'
import { combinatorialFolds, combinatorialSettingsSchema } from './combinatorial-folds.ts'
import type { FoldPlan } from './fold.ts'
import type { TimedRows } from './purge.ts'
import { walkForwardFolds, walkForwardSettingsSchema } from './walk-forward-folds.ts'

/** How rows are cut for evaluation: `kind` says which; the other keys are its own. */
export const foldSettingsSchema = z.discriminatedUnion('kind', [walkForwardSettingsSchema, combinatorialSettingsSchema])

export type FoldSettings = z.infer<typeof foldSettingsSchema>

/** Throws `InputError` where a fold has no rows left to train on or to test. */
export const foldPlan = (data: TimedRows, settings: FoldSettings): FoldPlan =>
  settings.kind === 'walk-forward' ? walkForwardFolds(data, settings) : combinatorialFolds(data, settings)
