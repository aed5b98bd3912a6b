import { describe, expect, test } from 'vitest'
import { onnxRuntime } from '../../../src/adapters/onnx/onnx-runtime.ts'
import { InputError } from '../../../src/core/errors.ts'
import { ridgeForecasterGraph } from '../../../src/model/ridge-forecaster.ts'
import { sampleInput, sampleModel } from '../../model/sample-model.ts'

const model = sampleModel()
const graph = ridgeForecasterGraph(model)

describe('onnxRuntime', () => {
  test('auto loads on something and answers as the CPU does', async () => {
    const [auto, cpu] = [await onnxRuntime().load(graph, model, 'auto'), await onnxRuntime().load(graph, model, 'cpu')]
    expect(cpu.provider).toBe('cpu')
    const input = sampleInput(model, 3)
    const [a, b] = [await auto.run(input, 3), await cpu.run(input, 3)]
    for (const [i, value] of b['mean']!.entries()) expect(a['mean']![i]).toBeCloseTo(value, 3)
    await auto.release()
    await cpu.release()
  })

  test('a provider that is not there gives way to the next', async () => {
    const session = await onnxRuntime({ providers: ['no-such', 'cpu'] }).load(graph, model, 'auto')
    expect(session.provider).toBe('cpu')
    await session.release()
  })

  test('a provider asked for by name does not give way', async () => {
    const error: unknown = await onnxRuntime()
      .load(graph, model, 'no-such')
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(InputError)
    expect((error as InputError).message).toContain('model.provider was no-such')
  })

  test('bytes that are no model, and a shape that is not the model’s, are refused', async () => {
    await expect(onnxRuntime().load(graph.slice(0, 50), model, 'auto')).rejects.toThrow(InputError)
    await expect(onnxRuntime().load(graph, { steps: 9, features: 3 }, 'cpu')).rejects.toThrow(InputError)
  })

  test('a row gets the same answer, bit for bit, whatever else is in its batch: replays depend on it', async () => {
    const session = await onnxRuntime().load(graph, model, 'cpu')
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
