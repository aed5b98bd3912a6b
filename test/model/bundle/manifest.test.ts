import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import type { ManifestDraft } from '../../../src/model/bundle/manifest.ts'
import { parseManifest, sealManifest } from '../../../src/model/bundle/manifest.ts'
import { sampleDraft, sampleModel } from '../sample-model.ts'

const FILE = 'models/demo/net-1/manifest.json'
const draft = sampleDraft(sampleModel())
const files = new Map([['model.onnx', new Uint8Array(3)]])
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const seal = (change: (draft: ManifestDraft) => object): string => sealManifest(change(draft) as ManifestDraft, files)

function refusal(text: string | Uint8Array): string {
  try {
    parseManifest(typeof text === 'string' ? utf8(text) : text, FILE)
  } catch (error) {
    expect(error).toBeInstanceOf(InputError)
    const { message } = error as InputError
    expect(message).toContain(FILE)
    return message
  }
  return 'accepted'
}

const training = {
  ...{ engine: 'onnx', provider: 'cpu', seed: 7, epochs: 2, bestEpoch: 1 },
  optimizer: { name: 'adamw', learningRate: 1e-3, schedule: { name: 'cosine', warmUpSteps: 10 } },
  losses: { train: [1, 0.5], validation: [1.1, 0.9] },
}

describe('a manifest', () => {
  test('of a trained network: nested parameters, window, parent, weights, losses; no residual quantiles', () => {
    const text = seal((d) => ({
      ...d,
      parent: 'net-0',
      architecture: { name: 'lstm', parameters: { layers: [{ hidden: 64, dropout: 0.1 }], causal: true, note: null } },
      weights: { count: 12, sha256: 'a'.repeat(64) },
      fit: { ...d.fit, window: { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' } },
      training,
      calibration: { levels: d.calibration.levels, thresholdBps: 0.7 },
    }))
    const manifest = parseManifest(utf8(text), FILE)
    expect(manifest.training).toEqual(training)
    expect(manifest.calibration).not.toHaveProperty('residualQuantiles')
    expect(manifest).toMatchObject({ parent: 'net-0', fit: { window: { to: '2026-02-01T00:00:00Z' } } })
  })

  const nested = (depth: number): object => (depth === 0 ? {} : { deeper: nested(depth - 1) })
  const parameters = (value: unknown) => (d: ManifestDraft) => ({
    ...d,
    architecture: { name: 'lstm', parameters: value },
  })
  test.each<{ name: string; change: (draft: ManifestDraft) => object; says: string }>([
    { name: 'parameters nested without end', change: parameters(nested(9)), says: '8 levels' },
    {
      name: 'parameters without end',
      change: parameters({ a: Array.from({ length: 10_000 }, () => 0) }),
      says: '10000',
    },
    { name: 'an endless text', change: parameters({ a: 'x'.repeat(1_001) }), says: '1000 characters' },
    { name: 'a key that is no name', change: parameters({ '<b>': 1 }), says: 'must match' },
    { name: 'an endless key', change: parameters({ ['k'.repeat(65)]: 1 }), says: 'must match' },
    { name: 'parameters that are a list', change: parameters([1]), says: 'object' },
    { name: 'a parent outside', change: (d) => ({ ...d, parent: '../x' }), says: 'parent' },
    { name: 'a version outside', change: (d) => ({ ...d, version: '..' }), says: 'version' },
    { name: 'a family outside', change: (d) => ({ ...d, family: 'a/b' }), says: 'family' },
    {
      name: 'a window that ends before it begins',
      change: (d) => ({
        ...d,
        fit: { ...d.fit, window: { from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' } },
      }),
      says: 'fit.window',
    },
    {
      name: 'a loss too few',
      change: (d) => ({ ...d, training: { ...training, epochs: 3 } }),
      says: 'training.losses',
    },
    {
      name: 'a best epoch after the last',
      change: (d) => ({ ...d, training: { ...training, bestEpoch: 3 } }),
      says: 'bestEpoch',
    },
    {
      name: 'metrics without end',
      change: (d) => ({ ...d, metrics: Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`m${i}`, 1])) }),
      says: '1000',
    },
    {
      name: 'a metric that is no number',
      change: (d) => ({ ...d, metrics: { rSquared: null } }),
      says: 'metrics.rSquared',
    },
    {
      name: 'a tolerance that accepts anything',
      change: (d) => ({ ...d, golden: { ...d.golden, tolerance: { other: 1 } } }),
      says: '0.01',
    },
    {
      name: 'residual quantiles for other levels',
      change: (d) => ({ ...d, calibration: { ...d.calibration, levels: [0.5] } }),
      says: 'one per level',
    },
  ])('with $name is refused', ({ change, says }) => {
    expect(refusal(seal(change)).replaceAll('→ at ', '')).toContain(says)
  })

  const text = seal((d) => d)
  test.each([
    ['a key twice', text.replace('"horizonBars": 5', '"horizonBars": 9,\n  "horizonBars": 5'), 'stands twice'],
    ['a key twice inside', text.replace('"rSquared": 0', '"rSquared": 1,\n    "rSquared": 0'), 'stands twice'],
    ['a number spelt otherwise', text.replace('"steps": 4', '"steps": 4.0'), 'line'],
    ['other white space', text.replace('\n  "', '\n   "'), 'line 2'],
    ['no last line end', text.trimEnd(), 'line'],
    ['a byte-order mark', `\ufeff${text}`, 'not JSON'],
    ['infinite figures', text.replace('"rSquared": 0', '"rSquared": 1e999'), 'metrics.rSquared'],
    ['a prototype', text.replace('"clip": 8', '"__proto__": 8'), 'must match'],
    ['null', 'null', 'expected object'],
    ['a list of lists without end', '['.repeat(100_000), 'not JSON'],
  ])('spelt with %s is refused', (_name, changed, says) => {
    expect(changed).not.toBe(text)
    expect(refusal(changed)).toContain(says)
  })

  test('that is no UTF-8 or too large is refused before it is read', () => {
    expect(refusal(Uint8Array.of(0xff, 0xfe))).toContain('not JSON')
    expect(refusal(new Uint8Array(16 * 1_048_576 + 1))).toContain('16777217 bytes')
  })
})
