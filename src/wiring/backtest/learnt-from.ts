import type { TrainedModel } from './load-models.ts'

/** Models whose training reaches past `startAt`, milliseconds since the epoch: into what they decide. */
export const learntFrom = (
  models: readonly Pick<TrainedModel, 'modelId' | 'to'>[],
  startAt: number,
): readonly string[] =>
  models.filter(({ to }) => to !== null && Date.parse(to) > startAt).map(({ modelId, to }) => `${modelId} (to ${to})`)
