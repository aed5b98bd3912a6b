import { InputError } from '../../../src/core/errors.ts'
import { epochMs } from '../../../src/core/units.ts'
import type { FeatureWindow } from '../../../src/features/feature-row.ts'
import type { ModelRuntime } from '../../../src/inference/model-runtime.port.ts'
import { openBundle } from '../../../src/model/bundle/bundle.ts'
import { ridgeForecast } from '../../../src/model/ridge-forecast.ts'
import { SCHEMA, sampleBundle, sampleInput, sampleModel } from '../../model/sample-model.ts'
import { bar } from '../../training/synthetic-windows.ts'

export const model = sampleModel()
export const bundle = openBundle(sampleBundle(), SCHEMA)

/** What a provider does with a load, or a run; a run of a session that was loaded while it was another way follows the change. */
export type Behaviour = 'fine' | 'throws' | 'hangs' | 'is wrong' | 'gives NaN' | 'leaves out'

/** Providers that do as the test says, with the sample model behind them. */
export function scriptedRuntime(autoProviders: readonly string[] = ['cuda', 'webgpu', 'cpu']) {
  const loading = new Map<string, Behaviour>()
  const running = new Map<string, Behaviour>()
  const log: string[] = []
  const state = { open: 0, runs: 0 }
  const never = () => new Promise<never>(() => undefined)
  const runtime: ModelRuntime = {
    autoProviders,
    async load(_graph, _shape, provider) {
      log.push(`load ${provider}`)
      const load = loading.get(provider) ?? 'fine'
      if (load === 'throws') throw new InputError(`${provider} is not there`)
      if (load === 'hangs') return await never()
      state.open += 1
      let isReleased = false
      return {
        provider,
        async run(input, batch) {
          if (isReleased) throw new Error(`a run of a released session of ${provider}`)
          state.runs += 1
          const outputs = ridgeForecast(model, input, batch)
          switch (load === 'is wrong' ? load : (running.get(provider) ?? 'fine')) {
            case 'throws':
              throw new Error(`${provider} is gone`)
            case 'hangs':
              return await never()
            case 'is wrong':
              return { ...outputs, mean: outputs.mean.map((value) => value + 1) }
            case 'gives NaN':
              return { ...outputs, volatility: outputs.volatility.map(() => Number.NaN) }
            case 'leaves out':
              return { ...outputs, quantiles: outputs.quantiles.slice(1) }
            default:
              return outputs
          }
        },
        async release() {
          if (isReleased) throw new Error(`${provider} is released twice`)
          isReleased = true
          state.open -= 1
          log.push(`release ${provider}`)
        },
      }
    },
  }
  return { runtime, loading, running, log, state }
}

export const windowsOf = (count: number, seed = 5): readonly FeatureWindow[] => {
  const width = model.steps * model.features
  const input = sampleInput(model, count, seed)
  return Array.from({ length: count }, (_, i) => {
    const values = input.slice(i * width, (i + 1) * width)
    const row = {
      bar: bar(0, 1_000),
      values: values.slice(-model.features),
      schemaHash: SCHEMA.schemaHash,
      ready: true,
    }
    return { row, values, steps: model.steps, ready: true }
  })
}

/** The clock stands. */
export const stillClock = { now: () => epochMs(0), monotonicMs: () => 0 }
