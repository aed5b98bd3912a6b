import { describe, expect, test } from 'vitest'
import { onnxEngine } from '../../../src/adapters/onnx/onnx-engine.ts'
import { InputError, InvariantError } from '../../../src/core/errors.ts'
import { graphEngineContract } from '../../training/graph-engine.contract.ts'
import { floats, oneNodeModel } from './one-node-model.ts'

graphEngineContract('onnx on the CPU', () => onnxEngine({ provider: 'cpu', threads: 1 }))

const relu = oneNodeModel({ op: 'Relu', inputs: [floats([2], [-1, 1])] })

describe('onnxEngine', () => {
  test('names what computes', async () => {
    const engine = onnxEngine({ provider: 'cpu', threads: 2 })
    const session = await engine.load(relu)
    expect([engine.name, session.provider]).toEqual(['onnx', 'cpu'])
    await session.release()
  })

  test('auto takes the first provider that works', async () => {
    const session = await onnxEngine({ provider: 'auto', threads: 1, providers: ['no-such', 'cpu'] }).load(relu)
    expect(session.provider).toBe('cpu')
    await session.release()
  })

  test('a provider asked for by name does not give way, and is named', async () => {
    const load = onnxEngine({ provider: 'no-such', threads: 1 }).load(relu)
    await expect(load).rejects.toThrow(InputError)
    await expect(load).rejects.toThrow(/provider was no-such; .*no-such: /)
  })

  test('an output that is not float32 is named', async () => {
    const not = oneNodeModel({
      op: 'Less',
      inputs: [floats([1], [0]), floats([1], [0])],
      outputs: ['bool'],
    })
    await expect(onnxEngine({ provider: 'cpu', threads: 1 }).load(not)).rejects.toThrow('output out0 was bool')
  })

  test.each([0, -1, 1.5, Number.NaN])('%d threads are refused', (threads) => {
    expect(() => onnxEngine({ provider: 'cpu', threads })).toThrow(InvariantError)
  })
})
