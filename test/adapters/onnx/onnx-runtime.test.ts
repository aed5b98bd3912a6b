import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { autoProviders } from '../../../src/adapters/onnx/auto-providers.ts'
import { onnxRuntime } from '../../../src/adapters/onnx/onnx-runtime.ts'
import { workerRuntime } from '../../../src/adapters/onnx/worker-runtime.ts'
import { InputError } from '../../../src/core/errors.ts'
import type { OutputName } from '../../../src/model/forecaster-outputs.ts'
import { ridgeForecast } from '../../../src/model/ridge-forecast.ts'
import { ridgeForecasterGraph } from '../../../src/model/ridge-forecaster.ts'
import { sampleInput, sampleModel } from '../../model/sample-model.ts'

const model = sampleModel()
const graph = ridgeForecasterGraph(model)

describe.each([
  ['in this thread', onnxRuntime()],
  ['in a thread of its own', workerRuntime()],
])('ModelRuntime contract: %s', (_name, runtime) => {
  test('answers as the model itself', async () => {
    const session = await runtime.load(graph, model, 'cpu')
    expect(session.provider).toBe('cpu')
    const input = sampleInput(model, 3)
    const expected = ridgeForecast(model, input, 3)
    const found = await session.run(input, 3)
    expect(Object.keys(found).toSorted()).toEqual(Object.keys(expected).toSorted())
    for (const [name, values] of Object.entries(found)) {
      expect(values).toBeInstanceOf(Float32Array)
      for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[name as OutputName][i]!, 4)
    }
    expect(input).toEqual(sampleInput(model, 3))
    await session.release()
  })

  test('a provider that is not there is refused by name, and the next load works', async () => {
    const error: unknown = await runtime.load(graph, model, 'no-such').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(InputError)
    expect((error as InputError).message).toContain('provider no-such cannot run the model')
    await (await runtime.load(graph, model, 'cpu')).release()
  })

  test('what `auto` would try ends with the CPU', () => {
    expect(runtime.autoProviders.at(-1)).toBe('cpu')
  })

  test('windows that overlap are read where they stand', async () => {
    const session = await runtime.load(graph, model, 'cpu')
    const { steps, features } = model
    const rows = new Float32Array(new SharedArrayBuffer(4 * (steps + 6) * features))
    rows.set(sampleInput({ ...model, steps: steps + 6 }, 1))
    const dense = Array.from({ length: 7 }, (_, at) => [...rows.slice(at * features, (at + steps) * features)])
    expect(await session.run(rows, 7, features)).toEqual(await session.run(Float32Array.from(dense.flat()), 7))
    await session.release()
  })

  test('a run of the wrong size fails and the session lives on; a release in the middle of a run is no error', async () => {
    const session = await runtime.load(graph, model, 'cpu')
    await expect(session.run(new Float32Array(5), 1)).rejects.toThrow()
    const run = session.run(sampleInput(model, 1_000), 1_000)
    await session.release()
    expect((await run)['mean']).toHaveLength(1_000)
  })

  test('bytes that are no model, and a shape that is not the model’s, are refused', async () => {
    await expect(runtime.load(graph.slice(0, 50), model, 'cpu')).rejects.toThrow(InputError)
    await expect(runtime.load(graph, { steps: 9, features: 3 }, 'cpu')).rejects.toThrow(InputError)
  })

  test('a row gets the same answer, bit for bit, whatever else is in its batch: replays depend on it', async () => {
    const session = await runtime.load(graph, model, 'cpu')
    const input = sampleInput(model, 100)
    const width = model.steps * model.features
    const all = await session.run(input, 100)
    for (let row = 0; row < 100; row += 1) {
      const one = await session.run(input.slice(row * width, (row + 1) * width), 1)
      for (const [name, values] of Object.entries(one)) {
        expect(values).toEqual(all[name]!.slice(row * values.length, (row + 1) * values.length))
      }
    }
    await session.release()
  })
})

test.each<[string, string, readonly string[], readonly string[]]>([
  ['linux', 'x64', [], ['cpu']],
  ['linux', 'x64', ['/dev/dri'], ['webgpu', 'cpu']],
  ['linux', 'x64', ['/dev/nvidiactl', '/dev/dri'], ['cuda', 'webgpu', 'cpu']],
  ['linux', 'x64', ['/dev/dxg'], ['cuda', 'webgpu', 'cpu']],
  ['linux', 'arm64', ['/dev/nvidiactl', '/dev/dri'], ['cpu']],
  ['darwin', 'arm64', [], ['webgpu', 'cpu']],
  ['win32', 'x64', [], ['webgpu', 'cpu']],
])('on %s %s with %j, auto tries %j', (platform, arch, devices, expected) => {
  expect(autoProviders(platform, arch, (path) => devices.includes(path))).toEqual(expected)
})

describe('workerRuntime', () => {
  test('nothing stands still here while a model is loaded and run', async () => {
    const session = await workerRuntime().load(graph, model, 'cpu')
    const input = sampleInput(model, 20_000)
    let turns = 0
    let over = false
    const run = session.run(input, 20_000).finally(() => {
      over = true
    })
    while (!over) {
      await turn()
      turns += 1
    }
    await run
    expect(turns).toBeGreaterThan(5)
    await session.release()
  })

  test('keeps as many threads for the next model as it is told', async () => {
    const threads = () => process.report.getReport() as { readonly workers: readonly unknown[] }
    const before = threads().workers.length
    for (const [idleMax, left] of [
      [1, 1],
      [0, 1],
    ] as const) {
      const own = workerRuntime({ idleMax })
      const sessions = await Promise.all([1, 2, 3].map(() => own.load(graph, model, 'cpu')))
      expect(threads().workers.length - before).toBe(sessions.length + (idleMax === 0 ? 1 : 0))
      for (const session of sessions) await session.release()
      await vi.waitFor(() => expect(threads().workers.length - before).toBe(left), 10_000)
    }
  })

  test('a thread that has ended fails what it was asked, and what it is asked', async () => {
    const own = workerRuntime()
    const session = await own.load(graph, model, 'cpu')
    const run = session.run(sampleInput(model, 1), 1)
    await session.release()
    await run
    await expect(session.run(sampleInput(model, 1), 1)).rejects.toThrow(/released/)
    await session.release()
  })
})
