import { InputError, messageOf } from '../../core/errors.ts'
import type { InForce, ModelSource } from '../../inference/model-service.ts'
import type { ModelLoader } from '../daemon/load-model.ts'

/** The models that decided in a recorded run, one at a time, from the folder of the family. */
export interface RecordedModels extends ModelSource {
  /** Ids in the order in which they first decided. */
  used(): readonly string[]
  release(): Promise<void>
}

/** `firstId`: the run began with it, and with windows of its length. Throws `InputError` when it is not there any more. */
export async function recordedModels(loader: ModelLoader, firstId: string): Promise<RecordedModels> {
  const used = new Set([firstId])
  let current = await load(loader, firstId)
  return {
    steps: current.forecaster.steps,
    async take(recordedId = firstId) {
      if (recordedId === current.forecaster.modelId) return current
      const next = await load(loader, recordedId)
      await current.forecaster.release()
      current = next
      used.add(recordedId)
      return current
    },
    used: () => [...used],
    release: () => current.forecaster.release(),
  }
}

async function load(loader: ModelLoader, modelId: string): Promise<InForce> {
  const version = modelId.split('/').at(-1) ?? ''
  let model: InForce
  try {
    model = await loader.load(version)
  } catch (error) {
    const why = `the run decided by model ${modelId}, which cannot be loaded from the folder of the family`
    throw new InputError(`${why}: ${messageOf(error)}`, { modelId }, error)
  }
  const found = model.forecaster.modelId
  if (found === modelId) return model
  await model.forecaster.release()
  throw new InputError(`the run decided by model ${modelId}; model.path holds ${found} under that version`, { modelId })
}
