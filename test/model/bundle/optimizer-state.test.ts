import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError, InvariantError } from '../../../src/core/errors.ts'
import { sha256Of } from '../../../src/model/bundle/manifest.ts'
import type { OptimizerState } from '../../../src/model/bundle/optimizer-state.ts'
import { decodeOptimizerState, encodeOptimizerState } from '../../../src/model/bundle/optimizer-state.ts'

const state: OptimizerState = {
  step: 1_234,
  counters: { epoch: 3, bestLoss: 0.1 + 0.2 },
  settings: { name: 'adamw', betas: [0.9, 0.999], schedule: { name: 'cosine', steps: 100 } },
  vectors: {
    weights: Float32Array.of(1, -0, 1e-45, 3.4e38),
    moment1: Float32Array.of(),
    moment2: Float32Array.of(0.1),
  },
}
const FILE = 'optimizer.bin'

/** The file with `header` in place of its own, its checksum put right. */
function withHeader(header: unknown): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header))
  const bytes = new Uint8Array(16 + json.length + 20 + 32)
  bytes.set(encodeOptimizerState(state).subarray(0, 12))
  new DataView(bytes.buffer).setUint32(12, json.length, true)
  bytes.set(json, 16)
  return resealed(bytes)
}

function resealed(bytes: Uint8Array): Uint8Array {
  bytes.set(Buffer.from(sha256Of(bytes.subarray(0, -32)), 'hex'), bytes.length - 32)
  return bytes
}

function refused(bytes: Uint8Array, says: string): void {
  expect(() => decodeOptimizerState(bytes, FILE)).toThrow(InputError)
  expect(() => decodeOptimizerState(bytes, FILE)).toThrow(says)
}

describe('optimiser state', () => {
  test('comes back bit for bit', () => {
    const back = decodeOptimizerState(encodeOptimizerState(state), FILE)
    expect(back).toEqual(state)
    expect(Object.is(back.vectors['weights']![1], -0)).toBe(true)
    expect(encodeOptimizerState(back)).toEqual(encodeOptimizerState(state))
  })

  test('any state comes back, also from the middle of a larger buffer', () => {
    const vector = fc.float32Array({ noNaN: true, noDefaultInfinity: true, maxLength: 20 })
    const counters = fc.dictionary(
      fc.constantFrom('epoch', 'best', 'patience'),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((v) => v + 0),
    )
    fc.assert(
      fc.property(fc.nat(), counters, vector, vector, (step, counted, weights, moment) => {
        const some = { ...state, step, counters: { ...counted }, vectors: { weights, moment } }
        const inside = Uint8Array.of(1, ...encodeOptimizerState(some), 1).subarray(1, -1)
        expect(decodeOptimizerState(inside, FILE)).toEqual(some)
      }),
    )
  })

  test('what is not finite is never written', () => {
    const write = (change: Partial<OptimizerState>) => () => encodeOptimizerState({ ...state, ...change })
    expect(write({ vectors: { weights: Float32Array.of(Number.NaN) } })).toThrow(InvariantError)
    expect(write({ counters: { loss: Number.POSITIVE_INFINITY } })).toThrow(InvariantError)
    expect(write({ step: 0.5 })).toThrow(InvariantError)
    expect(write({ vectors: { 'a b': Float32Array.of(1) } })).toThrow(InvariantError)
  })

  test('any cut and any flipped bit is refused, without the manifest’s help', () => {
    const bytes = encodeOptimizerState(state)
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeOptimizerState(bytes.slice(0, length), FILE)).toThrow(InputError)
    }
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const flipped = bytes.slice()
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => decodeOptimizerState(flipped, FILE)).toThrow(InputError)
    }
  })

  const header = { step: 1, counters: {}, settings: {}, vectors: [{ name: 'weights', length: 5 }] }
  test.each<[string, unknown, string]>([
    ['null', null, 'object'],
    ['a list', [], 'object'],
    ['an unknown key', { ...header, more: 1 }, 'unknown key more'],
    ['half a step', { ...header, step: 0.5 }, 'step'],
    ['no counters', { ...header, counters: undefined }, 'counters'],
    ['counters that are texts', { ...header, counters: { epoch: '1' } }, 'counters'],
    [
      'settings nested without end',
      { ...header, settings: { a: { b: { c: { d: { e: { f: { g: { h: {} } } } } } } } } },
      'levels',
    ],
    ['vectors that are no list', { ...header, vectors: { weights: 5 } }, 'vectors'],
    ['a vector that is null', { ...header, vectors: [null] }, 'name'],
    ['two vectors of one name', { ...header, vectors: [...header.vectors, ...header.vectors] }, 'name of its own'],
    ['a vector that is a prototype', { ...header, vectors: [{ name: '__proto__', length: 5 }] }, 'name of its own'],
    ['a length below zero', { ...header, vectors: [{ name: 'weights', length: -5 }] }, 'length of weights'],
    ['a length without end', { ...header, vectors: [{ name: 'weights', length: 2 ** 52 }] }, 'size'],
    ['a length too short', { ...header, vectors: [{ name: 'weights', length: 4 }] }, 'size'],
  ])('a header of %s is refused', (_name, changed, says) => refused(withHeader(changed), says))

  test('weights that are NaN, a later format and a huge header are refused', () => {
    const nan = withHeader(header)
    expect(decodeOptimizerState(nan, FILE).step).toBe(1)
    new DataView(nan.buffer).setFloat32(nan.length - 36, Number.NaN, true)
    refused(resealed(nan), 'weights[4]')
    const later = encodeOptimizerState(state)
    later[8] = 2
    refused(resealed(later), 'format was 2')
    const huge = encodeOptimizerState(state)
    huge[14] = 0xff
    refused(resealed(huge), 'header bytes')
  })
})
