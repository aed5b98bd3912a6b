import type { onnx } from 'onnx-proto'
import onnxProto from 'onnx-proto'
import { describe, expect, test } from 'vitest'
import type { BundleFiles } from '../../../src/model/bundle/bundle.ts'
import { openBundle } from '../../../src/model/bundle/bundle.ts'
import { ridgeForecasterGraph } from '../../../src/model/ridge-forecaster.ts'
import { SCHEMA, sampleBundle, sampleModel } from '../sample-model.ts'
import { refuses } from './refuses.ts'

const { ModelProto } = onnxProto.onnx
const G = 'models/demo/sample-1/model.onnx'

/** The sample's graph after `change`, with checksums that fit: only the graph's own checks can catch it. */
function withGraph(change: (model: onnx.IModelProto) => void): BundleFiles {
  const model = ModelProto.decode(ridgeForecasterGraph(sampleModel()))
  change(model)
  return sampleBundle(undefined, ModelProto.encode(model).finish())
}

const named = (model: onnx.IModelProto, name: string): onnx.ITensorProto =>
  model.graph!.initializer!.find((one) => one.name === name)!

function nanWeight(model: onnx.IModelProto): void {
  const tensor = named(model, 'mean_weights')
  const raw = tensor.rawData!.slice()
  new DataView(raw.buffer, raw.byteOffset).setFloat32(4, Number.NaN, true)
  tensor.rawData = raw
}

describe('checkGraph', () => {
  test.each<{ name: string; change: (model: onnx.IModelProto) => void; says: string[] }>([
    { name: 'no graph', change: (m) => delete m.graph, says: ['graph'] },
    {
      name: 'a foreign domain',
      change: (m) => {
        m.opsetImport!.push({ domain: 'com.microsoft', version: 1 })
      },
      says: ['com.microsoft'],
    },
    {
      name: 'a node of a foreign domain',
      change: (m) => {
        m.graph!.node![0]!.domain = 'evil'
      },
      says: ['domain', 'evil'],
    },
    {
      name: 'an operator that loops',
      change: (m) => {
        m.graph!.node![2]!.opType = 'Loop'
      },
      says: ['operator', 'Loop'],
    },
    {
      name: 'a graph inside a node',
      change: (m) => {
        m.graph!.node![2]!.attribute = [{ name: 'body', g: {} }]
      },
      says: ['body'],
    },
    {
      name: 'another opset inside',
      change: (m) => {
        m.opsetImport![0]!.version = 12
      },
      says: ['opsetImport.version', '12'],
    },
    {
      name: 'weights in another file',
      change: (m) => {
        named(m, 'centre').dataLocation = 1
      },
      says: ['centre', 'external'],
    },
    {
      name: 'a weight that is NaN',
      change: (m) => {
        nanWeight(m)
      },
      says: ['mean_weights', 'NaN', 'finite'],
    },
    {
      name: 'a weight of another shape',
      change: (m) => {
        named(m, 'scale').dims = [4]
      },
      says: ['scale', '16'],
    },
    {
      name: 'weights of another type',
      change: (m) => {
        named(m, 'scale').dataType = 11
      },
      says: ['scale', 'float32'],
    },
    {
      name: 'another input shape',
      change: (m) => {
        m.graph!.input![0]!.type!.tensorType!.shape!.dim![1]!.dimValue = 9
      },
      says: ['input x', 'batch, 9, 3', 'batch, 4, 3'],
    },
    {
      name: 'a second input',
      change: (m) => {
        m.graph!.input!.push({ ...m.graph!.input![0]!, name: 'y' })
      },
      says: ['input', 'y'],
    },
    {
      name: 'a missing output',
      change: (m) => {
        m.graph!.output!.pop()
      },
      says: ['output classes', 'absent'],
    },
    {
      name: 'a fixed batch',
      change: (m) => {
        m.graph!.input![0]!.type!.tensorType!.shape!.dim![0] = { dimValue: 1 }
      },
      says: ['input x'],
    },
    {
      name: 'an output of doubles',
      change: (m) => {
        m.graph!.output![0]!.type!.tensorType!.elemType = 11
      },
      says: ['output mean', 'float32'],
    },
    {
      name: 'sparse weights',
      change: (m) => {
        m.graph!.sparseInitializer = [{}]
      },
      says: ['sparseInitializer'],
    },
    {
      name: 'functions',
      change: (m) => {
        m.functions = [{}]
      },
      says: ['functions'],
    },
    {
      name: 'training steps',
      change: (m) => {
        m.trainingInfo = [{}]
      },
      says: ['trainingInfo'],
    },
    {
      name: 'options for the runtime',
      change: (m) => {
        m.metadataProps = [{ key: 'ort_config', value: '{}' }]
      },
      says: ['metadataProps'],
    },
    ...['Loop', 'If', 'Scan', 'RandomNormal', 'Multinomial', 'StringNormalizer', 'SequenceConstruct', ''].map((op) => ({
      name: `the operator ${op}`,
      change: (m: onnx.IModelProto) => {
        m.graph!.node![3]!.opType = op
      },
      says: ['operator', `"${op}"`],
    })),
    {
      name: 'a tensor inside a node',
      change: (m) => {
        m.graph!.node![2]!.attribute = [{ name: 'value', type: 4, t: {} }]
      },
      says: ['value', 'tensor'],
    },
    {
      name: 'an attribute of no simple type',
      change: (m) => {
        m.graph!.node![2]!.attribute = [{ name: 'value', type: 13 }]
      },
      says: ['value type'],
    },
    {
      name: 'an attribute that is infinite',
      change: (m) => {
        m.graph!.node![2]!.attribute = [{ name: 'alpha', type: 1, f: Number.POSITIVE_INFINITY }]
      },
      says: ['alpha', 'Infinity'],
    },
    {
      name: 'a list without end in an attribute',
      change: (m) => {
        m.graph!.node![2]!.attribute = [{ name: 'axes', type: 7, ints: Array.from({ length: 1_025 }, () => 0) }]
      },
      says: ['axes', '1025'],
    },
    {
      name: 'weights that are texts',
      change: (m) => {
        Object.assign(named(m, 'scale'), { dataType: 8, rawData: null, stringData: [Uint8Array.of(65)] })
      },
      says: ['scale', 'stringData'],
    },
    {
      name: 'weights in a second place',
      change: (m) => {
        named(m, 'scale').floatData = [1, 2, 3]
      },
      says: ['scale', 'floatData'],
    },
    {
      name: 'a weight that is infinite',
      change: (m) => {
        const scale = named(m, 'scale')
        const raw = scale.rawData!.slice()
        raw.set([0, 0, 0x80, 0x7f])
        scale.rawData = raw
      },
      says: ['scale element 0', 'Infinity'],
    },
    {
      name: 'a shape below zero',
      change: (m) => {
        named(m, 'scale').dims = [-1, -3]
      },
      says: ['scale dimension', '-1'],
    },
    {
      name: 'too many integers',
      change: (m) => {
        const count = 65_537
        m.graph!.initializer!.push({ name: 'table', dataType: 7, dims: [count], rawData: new Uint8Array(8 * count) })
      },
      says: ['table elements', '65537'],
    },
    {
      name: 'a value made twice',
      change: (m) => {
        m.graph!.node![3]!.output = [m.graph!.node![2]!.output![0]!]
      },
      says: ['made once'],
    },
    {
      name: 'a value used before it is made',
      change: (m) => {
        m.graph!.node!.reverse()
      },
      says: ['before it is used'],
    },
    {
      name: 'an output that nobody makes',
      change: (m) => {
        m.graph!.node!.pop()
      },
      says: ['output', 'some node must make it'],
    },
    {
      name: 'too many nodes',
      change: (m) => {
        const [first] = m.graph!.node!
        m.graph!.node = Array.from({ length: 10_001 }, () => first!)
      },
      says: ['node count', '10001'],
    },
    {
      name: 'no nodes',
      change: (m) => {
        m.graph!.node = []
      },
      says: ['node count', '0'],
    },
  ])('a graph with $name is refused', ({ change, says }) => refuses(withGraph(change), [G, ...says]))

  test('an LSTM with optional inputs left out, unwanted outputs, and a shape of integers is allowed', () => {
    const file = withGraph(({ graph }) => {
      const weights = (name: string, dims: number[]): onnx.ITensorProto => ({
        ...{ name, dims, dataType: 1 },
        rawData: new Uint8Array(4 * dims.reduce((a, b) => a * b)),
      })
      graph!.initializer!.push(weights('w', [1, 8, 3]), weights('r', [1, 8, 2]), {
        ...{ name: 'axes', dims: [1], dataType: 7, rawData: new Uint8Array(8) },
      })
      const lstm: onnx.INodeProto = {
        ...{ name: 'lstm', opType: 'LSTM', input: ['x', 'w', 'r', '', '', ''], output: ['', 'last'] },
        attribute: [
          { name: 'hidden_size', type: 2, i: 2 },
          { name: 'direction', type: 3, s: new TextEncoder().encode('forward') },
        ],
      }
      graph!.node!.push(lstm, { name: 'squeeze', opType: 'Squeeze', input: ['last', 'axes'], output: ['flat'] })
    })
    expect(openBundle(file, SCHEMA).modelId).toBe('demo/sample-1')
  })

  test('what our reader does not know, the runtime may: fields of later versions are refused', () => {
    const graph = ridgeForecasterGraph(sampleModel())
    // Field 999, varint 1; then the producer's name a second time.
    refuses(sampleBundle(undefined, Uint8Array.of(...graph, 0xb8, 0x3e, 1)), [G, 'known fields'])
    refuses(sampleBundle(undefined, Uint8Array.of(...graph, 0x12, 1, 65)), [G, 'known fields'])
  })

  test('a file that is not ONNX is refused, whatever its bytes', () => {
    const bytes = ridgeForecasterGraph(sampleModel())
    for (let length = 0; length < bytes.length; length += 7) {
      refuses(sampleBundle(undefined, bytes.slice(0, length)), [G])
    }
    refuses(sampleBundle(undefined, new TextEncoder().encode('hello')), [G])
  })
})
