import { describe, expect, test } from 'vitest'
import type { BundleFiles } from '../../../src/model/bundle/bundle.ts'
import { checkBundle, openBundle } from '../../../src/model/bundle/bundle.ts'
import { encodeOptimizerState } from '../../../src/model/bundle/optimizer-state.ts'
import { ridgeForecasterGraph } from '../../../src/model/ridge-forecaster.ts'
import { SCHEMA, sampleBundle, sampleModel } from '../sample-model.ts'
import { refuses } from './refuses.ts'

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

const optimizer = encodeOptimizerState({
  step: 1,
  counters: {},
  settings: { name: 'adam' },
  vectors: { weights: Float32Array.of(1, 2, 3) },
})

describe('openBundle', () => {
  test('a sound bundle opens', () => {
    const bundle = openBundle(sampleBundle(), SCHEMA)
    expect(bundle.modelId).toBe('demo/sample-1')
    expect(bundle.manifest.golden.inputs).toHaveLength(2)
    expect(bundle.graph).toEqual(ridgeForecasterGraph(sampleModel()))
  })

  test('the same bundle with an optimiser state and a report', () => {
    const found = sampleBundle((d) => ({ ...d, weights: { count: 3 } }), undefined, { optimizer, report: '<p>é</p>' })
    expect([...found.files.keys()].sort()).toEqual(['manifest.json', 'model.onnx', 'optimizer.bin', 'report.html'])
    expect(openBundle(found, SCHEMA).manifest.weights).toEqual({ count: 3 })
  })

  test('checkBundle judges a bundle that was made for something else', () => {
    const other = sampleBundle((d) => ({ ...d, features: { ...d.features, schemaHash: 'ffffffffffff' } }))
    expect(checkBundle(other).modelId).toBe('demo/sample-1')
    refuses(other, ['features.schemaHash'])
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
    {
      name: 'golden answers of another width',
      files: sampleBundle((d) => {
        const outputs = { ...d.golden.outputs, mean: [[1, 2], [3]] }
        return { ...d, golden: { ...d.golden, outputs } }
      }),
      says: [M, 'golden.outputs.mean', '1 values'],
    },
    {
      name: 'an optimiser state of other weights',
      files: sampleBundle((d) => ({ ...d, weights: { count: 5 } }), undefined, { optimizer }),
      says: ['models/demo/sample-1/optimizer.bin', 'length of weights was 3', '5'],
    },
    {
      name: 'an optimiser state that is none',
      files: sampleBundle(undefined, undefined, { optimizer: new Uint8Array(100) }),
      says: ['models/demo/sample-1/optimizer.bin', 'magic'],
    },
  ])('$name is refused', ({ files, says }) => refuses(files, says))
})

function addFile({ folder, files }: BundleFiles, name: string): BundleFiles {
  return { folder, files: new Map([...files, [name, new Uint8Array()]]) }
}
