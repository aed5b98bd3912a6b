import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import type { ReservoirSettings } from '../../../src/model/architectures/reservoir-matrices.ts'
import { createReservoir } from '../../../src/model/architectures/reservoir-matrices.ts'
import { spectralRadius } from '../../../src/model/architectures/spectral-radius.ts'

const settings: ReservoirSettings = {
  seed: 3,
  features: 2,
  units: 40,
  spectralRadius: 0.9,
  inputScale: 0.5,
  biasScale: 0.2,
  leak: 0.7,
  connections: 6,
}

describe('createReservoir', () => {
  const reservoir = createReservoir(settings)

  test('the same settings give the same weights, another seed others', () => {
    expect(createReservoir(settings)).toEqual(reservoir)
    expect(createReservoir({ ...settings, seed: 4 }).recurrent).not.toEqual(reservoir.recurrent)
  })

  test('weights have the radius, the scales and the number of connections asked for', () => {
    const { inputWeights, recurrent, units } = reservoir
    expect(spectralRadius(recurrent, units)).toBeCloseTo(0.9, 3)
    const size = (from: number, to: number): number => Math.max(...inputWeights.slice(from, to).map(Math.abs))
    expect(size(0, 40)).toBeLessThanOrEqual(0.2)
    expect(size(0, 40)).toBeGreaterThan(0.15)
    expect(size(40, 120)).toBeLessThanOrEqual(0.5)
    expect(size(40, 120)).toBeGreaterThan(0.4)
    for (let to = 0; to < units; to += 1) {
      expect(recurrent.filter((weight, i) => i % units === to && weight !== 0)).toHaveLength(6)
    }
  })

  test.each([
    ['units', 0],
    ['units', 1.5],
    ['features', 0],
    ['connections', 41],
    ['connections', 0],
    ['leak', 0],
    ['leak', 1.01],
    ['spectralRadius', 0],
    ['inputScale', Number.NaN],
    ['biasScale', -1],
  ] as const)('%s of %d is refused', (key, value) => {
    expect(() => createReservoir({ ...settings, [key]: value })).toThrow(InputError)
    expect(() => createReservoir({ ...settings, [key]: value })).toThrow(`reservoir.${key} was ${value}`)
  })
})
