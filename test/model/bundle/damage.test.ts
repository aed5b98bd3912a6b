import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import type { BundleFiles } from '../../../src/model/bundle/bundle.ts'
import { checkBundle } from '../../../src/model/bundle/bundle.ts'
import { encodeOptimizerState } from '../../../src/model/bundle/optimizer-state.ts'
import { sampleBundle } from '../sample-model.ts'

const optimizer = encodeOptimizerState({
  step: 7,
  counters: { epoch: 2 },
  settings: { name: 'adam', betas: [0.9, 0.999] },
  vectors: { weights: Float32Array.of(1, 2, 3), moment1: Float32Array.of(0, 0.5, 1e-7) },
})
const whole = sampleBundle((d) => ({ ...d, weights: { count: 3 } }), undefined, { optimizer, report: '<p>report</p>' })
const names = [...whole.files.keys()]

const withBytes = (name: string, bytes: Uint8Array): BundleFiles => ({
  folder: whole.folder,
  files: new Map([...whole.files, [name, bytes]]),
})

function isRefused(found: BundleFiles, name: string): void {
  let thrown: unknown
  try {
    checkBundle(found)
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(InputError)
  expect((thrown as InputError).message).toContain(`${whole.folder}/${name}: `)
}

test('the undamaged bundle opens', () => {
  expect(checkBundle(whole).modelId).toBe('demo/sample-1')
  expect(names.sort()).toEqual(['manifest.json', 'model.onnx', 'optimizer.bin', 'report.html'])
})

describe.each(names)('%s', (name) => {
  const bytes = whole.files.get(name)!

  test('cut at any byte is refused', () => {
    const stride = Math.max(1, Math.floor(bytes.length / 300))
    for (let length = 0; length < bytes.length; length += stride)
      isRefused(withBytes(name, bytes.slice(0, length)), name)
    isRefused(withBytes(name, bytes.slice(0, -1)), name)
  })

  test('any single flipped bit is refused', () => {
    const bit = fc.integer({ min: 0, max: 8 * bytes.length - 1 })
    fc.assert(
      fc.property(bit, (at) => {
        const flipped = bytes.slice()
        flipped[at >> 3]! ^= 1 << (at & 7)
        isRefused(withBytes(name, flipped), name)
      }),
      { numRuns: 400 },
    )
  })

  test('bytes behind its end are refused', () => {
    for (const extra of [0, 10, 32]) isRefused(withBytes(name, Uint8Array.of(...bytes, extra)), name)
  })

  test('its absence is refused', () => {
    const rest = [...whole.files].filter(([file]) => file !== name)
    isRefused({ folder: whole.folder, files: new Map(rest) }, name)
  })

  test('the content of another file is refused', () => {
    for (const other of names) if (other !== name) isRefused(withBytes(name, whole.files.get(other)!), name)
  })
})
