import type { Alert } from '../../core/alert.ts'
import type { EpochMs } from '../../core/units.ts'
import type { Fallback } from '../../inference/fallback.ts'
import type { ModelChange } from '../../inference/model-service.ts'
import { makeAlert } from './make-alert.ts'

/** What a person wants to hear of models: another one decides, one was refused, a provider failed. */
export function modelAlert(event: ModelChange | ({ readonly kind: 'fallback' } & Fallback), at: EpochMs): Alert {
  switch (event.kind) {
    case 'swapped': {
      const { modelId, previousId, wasKept } = event
      const how = wasKept ? ' (still loaded)' : ''
      const text = `model ${modelId}${how} decides from now on, in place of ${previousId}`
      return makeAlert(at, 'model', 'info', `model-swap:${modelId}:${at}`, text, { modelId, previousId })
    }
    case 'refused': {
      const { version, cause } = event
      const text = `model version ${version} is refused, the running one stays: ${cause}`
      return makeAlert(at, 'model', 'warning', `model-refused:${version}:${at}`, text, { version, cause })
    }
    case 'fallback': {
      const { modelId, during, provider, cause, next } = event
      const failed = during === 'load' ? 'cannot be used' : 'failed in a run'
      const then =
        next === undefined ? 'no provider answers: bars have no forecast until it works again' : `${next} answers`
      const text = `model ${modelId}: provider ${provider} ${failed}, ${then}: ${cause}`
      const data = { modelId, provider, next: next ?? null, cause }
      return makeAlert(at, 'model', 'warning', `model-fallback:${modelId}:${provider}:${at}`, text, data)
    }
  }
}
