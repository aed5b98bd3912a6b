import { InputError } from '../core/errors.ts'
import type { ModelBundle } from '../model/bundle/bundle.ts'
import { OUTPUT_NAMES } from '../model/forecaster-outputs.ts'
import type { ModelSession } from './model-runtime.port.ts'

/**
 * Runs the bundle's golden inputs on a loaded session and compares with its golden outputs, |found − expected| ≤ tolerance × (1 + |expected|).
 * Throws `InputError` at the first that differs: a model that answers otherwise than at its fitting must not trade.
 */
export async function checkGolden({ manifest, modelId }: ModelBundle, session: ModelSession): Promise<void> {
  const { inputs, outputs, tolerance } = manifest.golden
  const limit = tolerance[session.provider] ?? tolerance['other'] ?? 0
  const found = await session.run(Float32Array.from(inputs.flat()), inputs.length)
  for (const name of OUTPUT_NAMES) {
    const expected = outputs[name].flat()
    const values = found[name]
    if (values?.length !== expected.length) {
      const rule = `golden output ${name} has ${expected.length} values`
      throw new InputError(`${modelId}: output ${name} had ${values?.length ?? 'no'} values; ${rule}`, {
        modelId,
        name,
      })
    }
    const at = expected.findIndex((value, i) => !(Math.abs(values[i]! - value) <= limit * (1 + Math.abs(value))))
    if (at < 0) continue
    const where = `${modelId} on ${session.provider}: golden output ${name}[${at}]`
    throw new InputError(`${where} was ${values[at]}; it must be ${expected[at]} within ${limit}`, { modelId, name })
  }
}
