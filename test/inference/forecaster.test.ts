import { describe, expect, test } from 'vitest'
import { onnxRuntime } from '../../src/adapters/onnx/onnx-runtime.ts'
import type { Clock } from '../../src/core/clock.port.ts'
import { InputError, InvariantError } from '../../src/core/errors.ts'
import { epochMs } from '../../src/core/units.ts'
import type { FeatureWindow } from '../../src/features/feature-row.ts'
import { isForecast } from '../../src/inference/forecast.ts'
import { loadForecaster } from '../../src/inference/forecaster.ts'
import type { ModelRuntime, ModelSession } from '../../src/inference/model-runtime.port.ts'
import { openBundle } from '../../src/model/bundle/bundle.ts'
import { LEVELS } from '../../src/model/forecaster-outputs.ts'
import { ridgeForecast } from '../../src/model/ridge-forecast.ts'
import { SCHEMA, sampleBundle, sampleInput, sampleModel } from '../model/sample-model.ts'
import { bar } from '../training/synthetic-windows.ts'

const model = sampleModel()
const bundle = openBundle(sampleBundle(), SCHEMA)
const width = model.steps * model.features

/** Each reading is 2 ms after the last. */
function tickingClock(): Clock {
  let ms = 0
  return { now: () => epochMs(0), monotonicMs: () => (ms += 2) }
}

const windowOf = (values: Float32Array, change: Partial<FeatureWindow> = {}): FeatureWindow => ({
  row: {
    bar: bar(0, 1_000),
    values: values.slice(-model.features),
    schemaHash: SCHEMA.schemaHash,
    ready: true,
  },
  values,
  steps: model.steps,
  ready: true,
  ...change,
})

const windows = (count: number): FeatureWindow[] => {
  const input = sampleInput(model, count, 5)
  return Array.from({ length: count }, (_, i) => windowOf(input.slice(i * width, (i + 1) * width)))
}

type Run = ModelSession['run']

/** A runtime that answers rightly, until `corrupt` is called with a change of its answers. */
function fakeRuntime(provider = 'cpu') {
  const state: { change: (run: Run) => Run; batches: number[]; released: number; loads: string[] } = {
    change: (run) => run,
    batches: [],
    released: 0,
    loads: [],
  }
  const honest: Run = async (input, batch) => ridgeForecast(model, input, batch)
  const runtime: ModelRuntime = {
    autoProviders: [...new Set([provider, 'cpu'])],
    load: async (_graph, _shape, asked) => {
      state.loads.push(asked)
      return {
        provider: asked,
        run: (input, batch) => {
          state.batches.push(batch)
          return asked === 'cpu' ? state.change(honest)(input, batch) : wrong(input, batch)
        },
        release: async () => {
          state.released += 1
        },
      }
    },
  }
  const wrong: Run = async (input, batch) => ({ ...ridgeForecast(model, input, batch), mean: new Float32Array(batch) })
  return { runtime, state }
}

describe('loadForecaster', () => {
  test('forecasts equal the model, for a batch of any size, on ONNX Runtime', async () => {
    const forecaster = await loadForecaster(bundle, onnxRuntime(), 'cpu', tickingClock())
    expect(forecaster).toMatchObject({
      modelId: 'demo/sample-1',
      provider: 'cpu',
      horizonBars: 5,
      steps: 4,
      features: 3,
    })
    const batch = windows(7)
    const expected = ridgeForecast(model, Float32Array.from(batch.flatMap(({ values }) => [...values])), 7)
    const forecasts = await forecaster.forecast(batch)
    expect(forecasts).toHaveLength(7)
    for (const [i, forecast] of forecasts.entries()) {
      if (!isForecast(forecast)) throw new Error(forecast.failure)
      expect(forecast.meanBps).toBeCloseTo(expected.mean[i]!, 5)
      expect(forecast.quantilesBps).toHaveLength(LEVELS.length)
      expect(forecast.quantilesBps[4]).toBeCloseTo(expected.quantiles[i * 5 + 4]!, 4)
      expect(forecast).toMatchObject({ modelId: 'demo/sample-1', provider: 'cpu', levels: LEVELS, latencyMs: 2 })
    }
    await forecaster.release()
  })

  test('bars far ahead: the same outcomes, read one by one, those without a forecast in their places', async () => {
    const forecaster = await loadForecaster(bundle, onnxRuntime(), 'cpu', { ...tickingClock(), monotonicMs: () => 0 })
    const batch = windows(6)
    batch[1] = { ...batch[1]!, ready: false }
    batch[4] = windowOf(Float32Array.from(batch[4]!.values, (value, at) => (at === 5 ? Number.NaN : value)))
    const outcomes = await forecaster.forecastAhead(batch)
    const now = await forecaster.forecast(batch)
    expect([5, 4, 3, 2, 1, 0].map((index) => outcomes.at(index))).toEqual(now.toReversed())
    expect(now.map((outcome) => isForecast(outcome))).toEqual([true, false, true, true, false, true])
    expect(outcomes.at(0)).not.toBe(outcomes.at(0))
    await forecaster.release()
  })

  test('values that are known to be finite are not looked at; the shape still counts', async () => {
    const forecaster = await loadForecaster(bundle, onnxRuntime(), 'cpu', tickingClock())
    const [window] = windows(1)
    const [known, short] = await forecaster.forecast([
      { ...window!, allFinite: true },
      { ...window!, allFinite: true, steps: model.steps - 1, values: window!.values.subarray(model.features) },
    ])
    expect(known).toMatchObject({ modelId: 'demo/sample-1', provider: 'cpu' })
    expect(short).toMatchObject({
      failure: `the window has ${model.steps - 1} rows; the model looks back on ${model.steps}`,
    })
    await forecaster.release()
  })

  test('warms up before the first bar, and asks the runtime once for many windows', async () => {
    const { runtime, state } = fakeRuntime()
    const forecaster = await loadForecaster(bundle, runtime, 'cpu', tickingClock())
    expect(state.batches).toEqual([2, ...new Array<number>(20).fill(1)])
    await forecaster.forecast(windows(3))
    expect(state.batches.slice(21)).toEqual([3])
    expect(await forecaster.forecast([])).toEqual([])
    expect(state.batches).toHaveLength(22)
  })

  test('golden vectors that differ by more than the tolerance refuse the model and release the session', async () => {
    for (const [error, accepted] of [
      [0.5e-5, true],
      [3e-5, false],
    ] as const) {
      const { runtime, state } = fakeRuntime()
      state.change = (run) => async (input, batch) => {
        const outputs = await run(input, batch)
        const mean = outputs['mean']!.map((value) => value + error * (1 + Math.abs(value)))
        return { ...outputs, mean }
      }
      const loading = loadForecaster(bundle, runtime, 'cpu', tickingClock())
      if (accepted) await loading
      else await expect(loading).rejects.toThrow(/demo\/sample-1 on cpu: golden output mean\[0\] was/)
      expect(state.released).toBe(accepted ? 0 : 1)
    }
  })

  test('under auto, a provider that computes something else gives way to the CPU; by name it is refused', async () => {
    const { runtime, state } = fakeRuntime('gpu')
    expect((await loadForecaster(bundle, runtime, 'auto', tickingClock())).provider).toBe('cpu')
    expect(state.loads).toEqual(['gpu', 'cpu'])
    await expect(loadForecaster(bundle, runtime, 'gpu', tickingClock())).rejects.toThrow(InputError)
    expect(state.released).toBe(2)
  })

  test('a session that throws at its golden run is refused', async () => {
    const { runtime, state } = fakeRuntime()
    state.change = () => () => Promise.reject(new Error('device lost'))
    await expect(loadForecaster(bundle, runtime, 'cpu', tickingClock())).rejects.toThrow(/device lost/)
    expect(state.released).toBe(1)
  })

  test.each<{
    name: string
    change: (outputs: Record<string, Float32Array>) => Record<string, Float32Array>
    says: RegExp
  }>([
    { name: 'NaN', change: (o) => ({ ...o, mean: o['mean']!.fill(Number.NaN) }), says: /not finite/ },
    { name: 'infinity', change: (o) => ({ ...o, volatility: o['volatility']!.fill(Infinity) }), says: /not finite/ },
    { name: 'a mean beyond the limit', change: (o) => ({ ...o, mean: o['mean']!.fill(-1_001) }), says: /beyond ±1000/ },
    {
      name: 'a volatility of 0',
      change: (o) => ({ ...o, volatility: o['volatility']!.fill(0) }),
      says: /volatility 0/,
    },
    {
      name: 'a volatility beyond',
      change: (o) => ({ ...o, volatility: o['volatility']!.fill(1_001) }),
      says: /outside/,
    },
    { name: 'crossing quantiles', change: (o) => ({ ...o, quantiles: o['quantiles']!.reverse() }), says: /cross/ },
    {
      name: 'a negative probability',
      change: (o) => ({ ...o, classes: Float32Array.of(-0.1, 0.6, 0.5) }),
      says: /sum to 1/,
    },
    {
      name: 'probabilities of sum 1.01',
      change: (o) => ({ ...o, classes: Float32Array.of(0.5, 0.41, 0.1) }),
      says: /sum to 1/,
    },
    {
      name: 'an output too short',
      change: (o) => ({ ...o, quantiles: o['quantiles']!.slice(1) }),
      says: /4 values, not 5/,
    },
    { name: 'no output', change: () => ({}), says: /output mean had no values/ },
  ])('an answer with $name is no forecast, never zero', async ({ change, says }) => {
    const { runtime, state } = fakeRuntime()
    const forecaster = await loadForecaster(bundle, runtime, 'cpu', tickingClock())
    state.change = (run) => async (input, batch) => change({ ...(await run(input, batch)) })
    const [outcome] = await forecaster.forecast(windows(1))
    expect(outcome).toEqual({ modelId: 'demo/sample-1', failure: expect.stringMatching(says) as string })
    state.change = (run) => run
    expect(isForecast((await forecaster.forecast(windows(1)))[0]!)).toBe(true)
  })

  test('at the limits a forecast passes', async () => {
    const { runtime, state } = fakeRuntime()
    const forecaster = await loadForecaster(bundle, runtime, 'cpu', tickingClock())
    state.change = (run) => async (input, batch) => {
      const outputs = await run(input, batch)
      return { ...outputs, mean: outputs['mean']!.fill(1_000), volatility: outputs['volatility']!.fill(1_000) }
    }
    expect(isForecast((await forecaster.forecast(windows(1)))[0]!)).toBe(true)
  })

  test('a run that throws fails every window of it, and the next run works', async () => {
    const { runtime, state } = fakeRuntime()
    const forecaster = await loadForecaster(bundle, runtime, 'cpu', tickingClock())
    state.change = () => () => Promise.reject(new Error('device lost'))
    for (const outcome of await forecaster.forecast(windows(2))) {
      expect(outcome).toMatchObject({ failure: 'the run failed: device lost' })
    }
    state.change = (run) => run
    expect((await forecaster.forecast(windows(2))).every(isForecast)).toBe(true)
  })

  test('a bad window fails alone, and never reaches the model', async () => {
    const { runtime, state } = fakeRuntime()
    const forecaster = await loadForecaster(bundle, runtime, 'cpu', tickingClock())
    const [a, b, c, d, e] = windows(5) as [FeatureWindow, FeatureWindow, FeatureWindow, FeatureWindow, FeatureWindow]
    const nan = windowOf(b.values.with(4, Number.NaN))
    const short = windowOf(c.values.slice(1))
    const few = windowOf(c.values.slice(model.features), { steps: model.steps - 1 })
    const foreign = { ...d, row: { ...d.row, schemaHash: 'other' } }
    const outcomes = await forecaster.forecast([a, nan, short, few, foreign, { ...a, ready: false }, e])
    const failures = outcomes.map((outcome) => (isForecast(outcome) ? 'fine' : outcome.failure))
    expect(failures).toEqual([
      'fine',
      'feature spread was NaN',
      'the window has 11 values, not 12',
      'the window has 3 rows; the model looks back on 4',
      'the window has schema other',
      'the window is not ready',
      'fine',
    ])
    expect(state.batches.at(-1)).toBe(2)
    const alone = await forecaster.forecast([e])
    expect(outcomes[6]).toEqual(alone[0])
  })

  test('of a window longer than its own the model sees the newest rows; what is older may be anything', async () => {
    const forecaster = await loadForecaster(bundle, fakeRuntime().runtime, 'cpu', tickingClock())
    const [window] = windows(1) as [FeatureWindow]
    const older = Float32Array.of(7, Number.NaN, -7, 9, 9, 9)
    const longer = windowOf(Float32Array.of(...older, ...window.values), { steps: model.steps + 2 })
    expect(await forecaster.forecast([longer])).toEqual(await forecaster.forecast([window]))
  })

  test('at most 1,024 windows in a run', async () => {
    const forecaster = await loadForecaster(bundle, fakeRuntime().runtime, 'cpu', tickingClock())
    const [window] = windows(1) as [FeatureWindow]
    expect(await forecaster.forecast(new Array<FeatureWindow>(1_024).fill(window))).toHaveLength(1_024)
    await expect(forecaster.forecast(new Array<FeatureWindow>(1_025).fill(window))).rejects.toThrow(InvariantError)
  })
})
