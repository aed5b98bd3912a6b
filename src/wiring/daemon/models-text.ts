import { ofGroup } from '../models/model-families.ts'
import type { GroupModel } from './daemon-models.ts'

/** The models that decide, and on what: for people. `how`: e.g. `on`. */
export const modelsText = (models: readonly GroupModel[], how: string): string =>
  models.map(({ group, modelId, provider }) => `${ofGroup(group)}model ${modelId} ${how} ${provider}`).join('; ')

/** Each once. */
export const modelIds = (models: readonly GroupModel[]): string => [...new Set(models.map(idOf))].join(', ')

export const modelProviders = (models: readonly GroupModel[]): string =>
  [...new Set(models.map(({ provider }) => provider))].join(', ')

const idOf = ({ modelId }: GroupModel): string => modelId
