import { z } from 'zod'
import { InputError } from '../../core/errors.ts'
import { type ModelSettings, modelSettingsSchema } from '../../training/model-settings.ts'
import type { Params } from '../../training/search/trial.ts'
import { readConfig } from '../config/load-config.ts'
import { recipeSchema, type TrainerConfig } from '../config/trainer-section.ts'
import { setPath } from '../sweep/set-path.ts'

/** What is trained, its model file read. */
export interface Recipe extends Omit<TrainerConfig['recipe'], 'model'> {
  /** Undefined: ridge. */
  readonly model: ModelSettings | undefined
  /** All of it as plain data, for the record of trials. */
  readonly plain: Params
}

/**
 * The recipe of a configuration, with `params` in place of what stands at their paths, e.g. `model.training.learningRate`. Throws
 * `InputError` naming paths and rules that are broken.
 */
export function recipeOf({ recipe }: Pick<TrainerConfig, 'recipe'>, params: Params = {}): Recipe {
  const { model: file, ...rest } = recipe
  const raw: Record<string, unknown> = structuredClone(rest)
  if (file !== undefined) raw['model'] = structuredClone(readConfig(file))
  for (const [path, value] of Object.entries(params)) {
    const blocked = setPath(raw, path, value)
    if (blocked !== undefined) throw new InputError(`trial: ${path}: ${blocked}`, { path })
  }
  const { model, ...own } = raw
  const checked = parsed(recipeSchema, own, '')
  return {
    ...checked,
    model: model === undefined ? undefined : parsed(modelSettingsSchema, model, 'model of the '),
    plain: JSON.parse(JSON.stringify(raw)) as Params,
  }
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new InputError(`${what}recipe: ${z.prettifyError(result.error)}`)
}
