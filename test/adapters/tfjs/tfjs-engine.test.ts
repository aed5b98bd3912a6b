import { describe, expect, test } from 'vitest'
import { interpretGraph } from '../../../src/adapters/tfjs/interpret-graph.ts'
import { tfjsEngine } from '../../../src/adapters/tfjs/tfjs-engine.ts'
import { InputError, InvariantError } from '../../../src/core/errors.ts'
import { graphEngineContract } from '../../training/graph-engine.contract.ts'
import {
  floats,
  integers,
  list,
  modelFile,
  oneNodeModel,
  storedFloats,
  tensorProto,
  valueProto,
} from '../onnx/one-node-model.ts'
import { tf } from './cpu-tensorflow.ts'
import { plain } from './reference-run.ts'

graphEngineContract('tfjs on its JavaScript backend', () => tfjsEngine(tf))

const lstm = oneNodeModel({
  op: 'LSTM',
  inputs: [floats([3, 1, 1], [1, 2, 3]), storedFloats([1, 4, 1], [1, 2, 3, 4]), storedFloats([1, 4, 1], [4, 3, 2, 1])],
  attributes: { hidden_size: 1 },
})
const steps = { dims: [3, 1, 1], data: Float32Array.of(1, 2, 3) }

describe('tfjsEngine', () => {
  test('names itself and the backend that computes', async () => {
    const session = await tfjsEngine(tf).load(lstm)
    expect([tfjsEngine(tf).name, session.provider]).toEqual(['tfjs', 'cpu'])
    await session.release()
  })

  test('holds the weights while loaded and nothing else after a run', async () => {
    const before = tf.memory().numTensors
    const session = await tfjsEngine(tf).load(lstm)
    const loaded = tf.memory().numTensors
    expect(loaded - before).toBe(2)
    for (let run = 0; run < 5; run += 1) await session.run({ in0: steps })
    expect(tf.memory().numTensors).toBe(loaded)
    await session.release()
    expect(tf.memory().numTensors).toBe(before)
  })

  test('frees what a failing run had made', async () => {
    const session = await tfjsEngine(tf).load(
      modelFile({
        input: [valueProto('a', 'float32', ['n']), valueProto('b', 'float32', ['m'])],
        output: [valueProto('z', 'float32', ['k'])],
        node: [
          { name: 'first', opType: 'Exp', input: ['a'], output: ['e'] },
          { name: 'second', opType: 'Add', input: ['e', 'b'], output: ['z'] },
        ],
      }),
    )
    const before = tf.memory().numTensors
    const feeds = { a: { dims: [2], data: Float32Array.of(1, 2) }, b: { dims: [3], data: Float32Array.of(1, 2, 3) } }
    await expect(session.run(feeds)).rejects.toThrow('node Add second')
    expect(tf.memory().numTensors).toBe(before)
    await session.release()
  })
})

describe('what cannot be interpreted exactly is refused at load', () => {
  const x = floats([2, 2], [1, 2, 3, 4])
  const recurrent = [
    floats([1, 1, 1], [1]),
    storedFloats([1, 4, 1], [1, 1, 1, 1]),
    storedFloats([1, 4, 1], [1, 1, 1, 1]),
  ]
  test.each([
    {
      rule: 'an attribute unknown to the operator',
      spec: { op: 'Relu', inputs: [x], attributes: { slope: 1 } },
      names: 'slope',
    },
    {
      rule: 'an attribute of a wrong kind',
      spec: { op: 'Softmax', inputs: [x], attributes: { axis: 'last' } },
      names: 'axis',
    },
    {
      rule: 'another padding',
      spec: { op: 'Pad', inputs: [x, list(0, 0, 1, 1)], attributes: { mode: 'reflect' } },
      names: 'reflect',
    },
    { rule: 'a cast to another type', spec: { op: 'Cast', inputs: [x], attributes: { to: 11 } }, names: '11' },
    { rule: 'a Concat without its axis', spec: { op: 'Concat', inputs: [x, x] }, names: 'axis' },
    {
      rule: 'a backward LSTM',
      spec: { op: 'LSTM', inputs: recurrent, attributes: { hidden_size: 1, direction: 'reverse' } },
      names: 'reverse',
    },
    {
      rule: 'other activations',
      spec: { op: 'LSTM', inputs: recurrent, attributes: { hidden_size: 1, activations: ['Relu', 'Tanh', 'Tanh'] } },
      names: 'Relu',
    },
    {
      rule: 'rows of several lengths',
      spec: { op: 'LSTM', inputs: [...recurrent, undefined, integers([1], [1])], attributes: { hidden_size: 1 } },
      names: 'sequence_lens',
    },
    { rule: 'a name that every object has', spec: { op: 'constructor', inputs: [x] }, names: 'constructor' },
  ])('$rule', ({ spec, names }) => {
    const load = () => interpretGraph(tf, oneNodeModel(spec))
    expect(load).toThrow(InputError)
    expect(load).toThrow(`node ${spec.op}`)
    expect(load).toThrow(names)
  })

  const node = (input: string, output: string) => ({ name: 'n', opType: 'Neg', input: [input], output: [output] })
  const around = (nodes: ReturnType<typeof node>[], output = 'y') =>
    modelFile({ input: [valueProto('x', 'float32', [1])], output: [valueProto(output, 'float32', [1])], node: nodes })
  test.each([
    { rule: 'another opset', bytes: modelFile({ output: [] }, 18), names: 'opset was 18' },
    { rule: 'a value that nothing makes', bytes: around([node('ghost', 'y')]), names: 'ghost' },
    { rule: 'nodes out of order', bytes: around([node('late', 'y'), node('x', 'late')]), names: 'late' },
    { rule: 'a value made twice', bytes: around([node('x', 'y'), node('x', 'y')]), names: 'second time' },
    { rule: 'an output that nothing makes', bytes: around([node('x', 'y')], 'z'), names: 'output takes z' },
    { rule: 'no outputs', bytes: modelFile({ input: [] }), names: 'no outputs' },
    {
      rule: 'weights of another size than stated',
      bytes: modelFile({ initializer: [{ ...tensorProto({ name: 'w', ...floats([2], [1, 2]) }), dims: [3] }] }),
      names: 'w [3]: it held 2',
    },
    {
      rule: 'weights in another file',
      bytes: modelFile({ initializer: [{ ...tensorProto({ name: 'w', ...floats([1], [1]) }), dataLocation: 1 }] }),
      names: 'inside the file',
    },
    {
      rule: 'weights of another type',
      bytes: modelFile({ initializer: [{ ...tensorProto({ name: 'w', ...floats([1], [1]) }), dataType: 11 }] }),
      names: 'type was 11',
    },
  ])('$rule', ({ bytes, names }) => {
    const load = () => interpretGraph(tf, bytes)
    expect(load).toThrow(InputError)
    expect(load).toThrow(names)
  })
})

describe('interpretGraph', () => {
  const gemm = oneNodeModel({ op: 'MatMul', inputs: [floats([1, 2], [1, 2]), storedFloats([2, 1], [3, 4])] })

  test('leaves only its outputs behind', () => {
    const run = interpretGraph(tf, gemm)
    const x = tf.tensor2d([[1, 2]])
    const before = tf.memory().numTensors
    const outputs = run({ in0: x })
    expect(tf.memory().numTensors).toBe(before + 1)
    tf.dispose([outputs, x])
  })

  test('a feed stands in for stored weights, so that they can be differentiated', () => {
    const run = interpretGraph(tf, gemm)
    const [x, weights] = [tf.tensor2d([[1, 2]]), tf.tensor2d([[5], [6]])]
    expect(plain(run({ in0: x })['out0']!).values).toEqual([11])
    const gradient = tf.grad((w) => run({ in0: x, in1: w })['out0']!)(weights)
    expect(plain(gradient).values).toEqual([1, 2])
  })

  test('variables are differentiated too', () => {
    const run = interpretGraph(tf, gemm)
    const weights = tf.variable(tf.tensor2d([[5], [6]]), true, 'weights-of-test')
    const { grads } = tf.variableGrads(() => tf.sum(run({ in0: tf.tensor2d([[1, 2]]), in1: weights })['out0']!))
    expect(plain(grads['weights-of-test']!).values).toEqual([1, 2])
    weights.dispose()
  })

  test('a missing feed and an unknown one are bugs', () => {
    const run = interpretGraph(tf, gemm)
    expect(() => run({})).toThrow(InvariantError)
    expect(() => run({ in0: tf.tensor2d([[1, 2]]), out0: tf.scalar(1) })).toThrow('out0')
  })

  test('stored tensors may be lists of numbers instead of raw bytes', () => {
    const { FLOAT, INT64, BOOL } = { FLOAT: 1, INT64: 7, BOOL: 9 }
    const run = interpretGraph(
      tf,
      modelFile({
        input: [valueProto('x', 'float32', [2])],
        output: [valueProto('y', 'float32', [2, 1])],
        initializer: [
          { name: 'w', dataType: FLOAT, dims: [2], floatData: [10, 20] },
          { name: 'mask', dataType: BOOL, dims: [2], int32Data: [1, 0] },
          { name: 'shape', dataType: INT64, dims: [2], int64Data: [2, 1] },
        ],
        node: [
          { name: 'pick', opType: 'Where', input: ['mask', 'w', 'x'], output: ['picked'] },
          { name: 'column', opType: 'Reshape', input: ['picked', 'shape'], output: ['y'] },
        ],
      }),
    )
    expect(plain(run({ x: tf.tensor1d([1, 2]) })['y']!)).toEqual({ dims: [2, 1], values: [10, 2] })
  })

  test('an int64 beyond 32 bits is refused where it is computed with', () => {
    const add = oneNodeModel({ op: 'Add', inputs: [list(2 ** 40), integers([1], [1])], outputs: ['int64'] })
    expect(() => interpretGraph(tf, add)({ in1: tf.tensor1d([1], 'int32') })).toThrow('32 bits')
  })
})
