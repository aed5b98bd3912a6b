import type { onnx } from 'onnx-proto'
import onnxProto from 'onnx-proto'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import type { BundleFiles } from '../../src/model/bundle.ts'
import { openBundle } from '../../src/model/bundle.ts'
import { ridgeForecasterGraph } from '../../src/model/ridge-forecaster.ts'
import { SCHEMA, sampleBundle, sampleModel } from './sample-model.ts'

const { ModelProto } = onnxProto.onnx

/** The sample's graph after `change`, with checksums that fit: only the graph's own checks can catch it. */
function withGraph(change: (model: onnx.IModelProto) => void): BundleFiles {
  const model = ModelProto.decode(ridgeForecasterGraph(sampleModel()))
  change(model)
  return sampleBundle(undefined, ModelProto.encode(model).finish())
}

/** The sample with one file's bytes changed after sealing. */
function withFile(name: string, change: (bytes: Uint8Array) => Uint8Array | undefined): BundleFiles {
  const { folder, files } = sampleBundle()
  const changed = change(files.get(name)!.slice())
  const rest = [...files].filter(([file]) => file !== name)
  return { folder, files: new Map(changed === undefined ? rest : [...rest, [name, changed]]) }
}

const text = (edit: (json: string) => string) => (bytes: Uint8Array) =>
  new TextEncoder().encode(edit(new TextDecoder().decode(bytes)))

const flip = (at: number) => (bytes: Uint8Array) => {
  bytes[at]! ^= 1
  return bytes
}

describe('openBundle', () => {
  test('a sound bundle opens', () => {
    const bundle = openBundle(sampleBundle(), SCHEMA)
    expect(bundle.modelId).toBe('demo/sample-1')
    expect(bundle.manifest.golden.inputs).toHaveLength(2)
    expect(bundle.graph).toEqual(ridgeForecasterGraph(sampleModel()))
  })

  test('equal drafts give equal bytes', () => {
    expect(sampleBundle().files).toEqual(sampleBundle().files)
  })

  const M = 'models/demo/sample-1/manifest.json'
  const G = 'models/demo/sample-1/model.onnx'
  test.each<{ name: string; files: BundleFiles; says: string[] }>([
    { name: 'no manifest', files: withFile('manifest.json', () => undefined), says: [M, 'missing'] },
    { name: 'no graph', files: withFile('model.onnx', () => undefined), says: [G, 'missing'] },
    { name: 'an unknown file', files: addFile(sampleBundle(), 'x.sh'), says: ['x.sh', 'unknown'] },
    {
      name: 'malformed JSON',
      files: withFile(
        'manifest.json',
        text((t) => t.slice(0, -9)),
      ),
      says: [M, 'not JSON'],
    },
    { name: 'a truncated graph', files: withFile('model.onnx', (b) => b.slice(0, -20)), says: [G, 'SHA-256'] },
    { name: 'a flipped bit in the graph', files: withFile('model.onnx', flip(300)), says: [G, 'SHA-256'] },
    {
      name: 'a changed figure in the manifest',
      files: withFile(
        'manifest.json',
        text((t) => t.replace('"thresholdBps": 0.7', '"thresholdBps": 0.9')),
      ),
      says: [M, 'manifestSha256'],
    },
    {
      name: 'an unknown key',
      files: withFile(
        'manifest.json',
        text((t) => t.replace('"format": 1', '"format": 1, "extra": 2')),
      ),
      says: [M, 'extra'],
    },
    {
      name: 'a newer format',
      files: withFile(
        'manifest.json',
        text((t) => t.replace('"format": 1', '"format": 2')),
      ),
      says: [M, 'format'],
    },
    {
      name: 'a file outside the folder',
      files: withFile(
        'manifest.json',
        text((t) => t.replace('"model.onnx"', '"../model.onnx"')),
      ),
      says: [M, 'files'],
    },
    {
      name: 'another version than its folder',
      files: sampleBundle((d) => ({ ...d, version: 'sample-2' })),
      says: [M, 'version', 'sample-2'],
    },
    { name: 'another opset', files: sampleBundle((d) => ({ ...d, opset: 18 })), says: [M, 'opset', '17'] },
    {
      name: 'another schema hash',
      files: sampleBundle((d) => ({ ...d, features: { ...d.features, schemaHash: 'ffffffffffff' } })),
      says: [M, 'features.schemaHash', 'ffffffffffff', SCHEMA.schemaHash],
    },
    {
      name: 'another feature order',
      files: sampleBundle((d) => ({ ...d, features: { ...d.features, names: ['ofi', 'logReturn', 'spread'] } })),
      says: [M, 'features.names[1]', 'logReturn', 'spread'],
    },
    { name: 'other bars', files: sampleBundle((d) => ({ ...d, barMs: 60_000 })), says: [M, 'barMs', '1000'] },
    {
      name: 'golden rows of another width',
      files: sampleBundle((d) => ({ ...d, golden: { ...d.golden, inputs: [[1], [2]] } })),
      says: [M, 'golden.inputs'],
    },
    {
      name: 'golden rows without answers',
      files: sampleBundle((d) => ({ ...d, golden: { ...d.golden, inputs: d.golden.inputs.slice(1) } })),
      says: [M, 'golden.outputs'],
    },
    {
      name: 'quantile levels out of order',
      files: sampleBundle((d) => ({ ...d, calibration: { ...d.calibration, levels: [0.5, 0.25, 0.6, 0.7, 0.8] } })),
      says: [M, 'calibration.levels', 'ascending'],
    },
  ])('$name is refused', ({ files, says }) => refuses(files, says))

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
        m.graph!.initializer![0]!.dataLocation = 1
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
        m.graph!.initializer![1]!.dims = [4]
      },
      says: ['scale', '16'],
    },
    {
      name: 'weights of another type',
      change: (m) => {
        m.graph!.initializer![1]!.dataType = 7
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
      name: 'no nodes',
      change: (m) => {
        m.graph!.node = []
      },
      says: ['node count', '0'],
    },
  ])('a graph with $name is refused', ({ change, says }) => refuses(withGraph(change), [G, ...says]))

  test('a file that is not ONNX is refused, whatever its bytes', () => {
    const bytes = ridgeForecasterGraph(sampleModel())
    for (let length = 0; length < bytes.length; length += 7) {
      refuses(sampleBundle(undefined, bytes.slice(0, length)), [G])
    }
    refuses(sampleBundle(undefined, new TextEncoder().encode('hello')), [G])
  })
})

function addFile({ folder, files }: BundleFiles, name: string): BundleFiles {
  return { folder, files: new Map([...files, [name, new Uint8Array()]]) }
}

function nanWeight(model: onnx.IModelProto): void {
  const tensor = model.graph!.initializer!.find(({ name }) => name === 'mean_weights')!
  const raw = tensor.rawData!.slice()
  new DataView(raw.buffer, raw.byteOffset).setFloat32(4, Number.NaN, true)
  tensor.rawData = raw
}

function refuses(files: BundleFiles, says: readonly string[]): void {
  let thrown: unknown
  try {
    openBundle(files, SCHEMA)
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(InputError)
  for (const part of says) expect((thrown as InputError).message.replaceAll('→ at ', '')).toContain(part)
}
