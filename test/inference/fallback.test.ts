import { describe, expect, test } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import type { Fallback } from '../../src/inference/fallback.ts'
import { isForecast } from '../../src/inference/forecast.ts'
import { loadForecaster } from '../../src/inference/forecaster.ts'
import { virtualTime } from '../adapters/alerts/virtual-time.ts'
import { type Behaviour, bundle, scriptedRuntime, stillClock, windowsOf } from './support/scripted-runtime.ts'

const RUN_MS_MAX = 50

async function served(provider = 'auto', script = scriptedRuntime()) {
  const time = virtualTime()
  const fallbacks: Fallback[] = []
  const options = {
    time: { runMsMax: RUN_MS_MAX, scheduler: time.scheduler },
    onFallback: (fallback: Fallback) => void fallbacks.push(fallback),
  }
  const loading = loadForecaster(bundle, script.runtime, provider, stillClock, options)
  loading.catch(() => undefined)
  return { ...script, time, fallbacks, loading }
}

const ALL_FINE = ['cuda', 'webgpu', 'cpu'] as const

describe('at load', () => {
  test('the best provider answers, and the CPU stands by, warm', async () => {
    const { loading, log, fallbacks, state } = await served()
    const forecaster = await loading
    expect(forecaster.provider).toBe('cuda')
    expect(log).toEqual(['load cuda', 'load cpu'])
    expect(fallbacks).toEqual([])
    await forecaster.release()
    expect(state.open).toBe(0)
  })

  test.each<{ broken: Partial<Record<(typeof ALL_FINE)[number], Behaviour>>; answers: string; told: string[] }>([
    { broken: { cuda: 'throws' }, answers: 'webgpu', told: ['cuda -> webgpu'] },
    { broken: { cuda: 'is wrong' }, answers: 'webgpu', told: ['cuda -> webgpu'] },
    { broken: { webgpu: 'throws' }, answers: 'cuda', told: [] },
    { broken: { cuda: 'throws', webgpu: 'throws' }, answers: 'cpu', told: ['cuda -> cpu', 'webgpu -> cpu'] },
    { broken: { cuda: 'is wrong', webgpu: 'throws' }, answers: 'cpu', told: ['cuda -> cpu', 'webgpu -> cpu'] },
  ])('with $broken, $answers answers', async ({ broken, answers, told }) => {
    const script = scriptedRuntime()
    for (const [provider, behaviour] of Object.entries(broken)) script.loading.set(provider, behaviour)
    const { loading, fallbacks, state } = await served('auto', script)
    const forecaster = await loading
    const [forecast] = await forecaster.forecast(windowsOf(1))
    expect(forecast).toMatchObject({ provider: answers })
    expect(fallbacks.map(({ provider, next }) => `${provider} -> ${next}`)).toEqual(told)
    expect(fallbacks.every(({ during, modelId }) => during === 'load' && modelId === bundle.modelId)).toBe(true)
    await forecaster.release()
    expect(state.open).toBe(0)
  })

  test('a provider that never answers while it loads gives way too', async () => {
    const script = scriptedRuntime()
    script.loading.set('cuda', 'hangs')
    const { loading, fallbacks, time } = await served('auto', script)
    await time.pass(200_000)
    expect((await loading).provider).toBe('webgpu')
    expect(fallbacks[0]?.cause).toMatch(/was not over after 120000 ms/)
  })

  test.each(['throws', 'is wrong'] as const)(
    'one asked for by name that %s is an error, not a fallback',
    async (how) => {
      const script = scriptedRuntime()
      script.loading.set('cuda', how)
      const { loading, fallbacks, state } = await served('cuda', script)
      await expect(loading).rejects.toThrow(InputError)
      await expect(loading).rejects.toThrow(/model.provider was cuda.*cuda/)
      expect(fallbacks).toEqual([])
      expect(state.open).toBe(0)
    },
  )

  test('a model that is wrong on the CPU is refused, whatever the GPU says', async () => {
    const script = scriptedRuntime()
    script.loading.set('cpu', 'is wrong')
    const { loading, state } = await served('auto', script)
    await expect(loading).rejects.toThrow(/golden output/)
    expect(state.open).toBe(0)
  })
})

describe('in a run', () => {
  test.each(['throws', 'hangs', 'gives NaN', 'leaves out'] as const)(
    'of a GPU that %s: the CPU answers the same windows within the call, and is told of once',
    async (how) => {
      for (const provider of ['auto', 'cuda']) {
        const { loading, running, fallbacks, time, log, state } = await served(provider)
        const forecaster = await loading
        const windows = windowsOf(3)
        const before = await forecaster.forecast(windows)
        running.set('cuda', how)
        const answering = forecaster.forecast(windows)
        await time.pass(how === 'hangs' ? RUN_MS_MAX : 0)
        const after = await answering
        expect(after).toEqual(before.map((forecast) => ({ ...forecast, provider: 'cpu' })))
        expect(forecaster.provider).toBe('cpu')
        const [told, ...more] = fallbacks
        expect(told).toMatchObject({ during: 'run', provider: 'cuda', next: 'cpu', modelId: bundle.modelId })
        expect(told?.cause).toMatch(/cuda is gone|run on cuda was not over after 50 ms|not finite|quantiles had/)
        expect(more).toEqual([])
        running.delete('cuda')
        expect(await forecaster.forecast(windows)).toEqual(after)
        expect(fallbacks).toHaveLength(1)
        expect(log).toEqual(['load cuda', 'load cpu', 'release cuda'])
        await forecaster.release()
        expect(state.open).toBe(0)
      }
    },
  )

  test('a run in time is not cut short', async () => {
    const { loading, fallbacks, time } = await served()
    const forecaster = await loading
    const [forecast] = await forecaster.forecast(windowsOf(1))
    await time.pass(10 * RUN_MS_MAX)
    expect(forecast && isForecast(forecast)).toBe(true)
    expect(fallbacks).toEqual([])
  })

  test('when the CPU hangs there is no forecast, told once; loaded anew behind the bars it answers again', async () => {
    const { loading, running, fallbacks, time, log, state } = await served('cpu')
    const forecaster = await loading
    running.set('cpu', 'hangs')
    const first = forecaster.forecast(windowsOf(2))
    await time.pass(RUN_MS_MAX)
    for (const outcome of await first)
      expect(outcome).toMatchObject({ failure: expect.stringMatching(/not over/) as string })
    // The one that is loaded in its place hangs as well, in its golden run.
    const second = forecaster.forecast(windowsOf(1))
    await time.pass(RUN_MS_MAX)
    expect(await second).toMatchObject([{ failure: expect.stringMatching(/loading on cpu again/) as string }])
    expect(fallbacks).toMatchObject([{ during: 'run', provider: 'cpu', next: undefined }])
    running.delete('cpu')
    await time.pass(200_000)
    expect((await forecaster.forecast(windowsOf(1))).every(isForecast)).toBe(true)
    running.set('cpu', 'throws')
    expect((await forecaster.forecast(windowsOf(1))).every(isForecast)).toBe(false)
    expect(fallbacks).toHaveLength(2)
    running.delete('cpu')
    await time.pass(200_000)
    await forecaster.release()
    expect(state.open).toBe(0)
    expect(log.filter((line) => line === 'load cpu').length).toBeGreaterThan(2)
  })

  test('a CPU that goes on failing is told of once, until it has answered again', async () => {
    const { loading, running, fallbacks } = await served('cpu')
    const forecaster = await loading
    for (let spell = 1; spell <= 2; spell += 1) {
      running.set('cpu', 'throws')
      for (let bar = 0; bar < 3; bar += 1) await forecaster.forecast(windowsOf(1))
      expect(fallbacks).toHaveLength(spell)
      running.delete('cpu')
      await forecaster.forecast(windowsOf(1))
    }
  })

  test('a CPU that fails for once is asked again at the next bar', async () => {
    const { loading, running } = await served('cpu')
    const forecaster = await loading
    running.set('cpu', 'throws')
    expect(await forecaster.forecast(windowsOf(1))).toMatchObject([{ failure: 'the run failed: cpu is gone' }])
    running.delete('cpu')
    expect((await forecaster.forecast(windowsOf(1))).every(isForecast)).toBe(true)
  })

  test('GPU and CPU fail in one call: no forecast, both are told', async () => {
    const { loading, running, fallbacks } = await served()
    const forecaster = await loading
    running.set('cuda', 'throws').set('cpu', 'throws')
    expect(await forecaster.forecast(windowsOf(1))).toMatchObject([{ failure: 'the run failed: cpu is gone' }])
    expect(fallbacks.map(({ provider, next }) => `${provider} -> ${next}`)).toEqual(['cuda -> cpu', 'cpu -> undefined'])
    running.delete('cpu')
    expect(await forecaster.forecast(windowsOf(1))).toMatchObject([{ provider: 'cpu' }])
  })

  test('the warm-up is for the windows that will come together', async () => {
    const script = scriptedRuntime(['cpu'])
    await loadForecaster(bundle, script.runtime, 'cpu', stillClock)
    const alone = script.state.runs
    await loadForecaster(bundle, script.runtime, 'cpu', stillClock, { batch: 100 })
    expect(script.state.runs - alone).toBe(alone + 3)
  })
})
