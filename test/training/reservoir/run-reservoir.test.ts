import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../../src/core/random.ts'
import type { ReservoirSettings } from '../../../src/model/architectures/reservoir-matrices.ts'
import { createReservoir } from '../../../src/model/architectures/reservoir-matrices.ts'
import { finalStates, reservoirStates } from '../../../src/training/reservoir/run-reservoir.ts'

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

const distance = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)

describe('state', () => {
  test('one step by hand', () => {
    const tiny = {
      features: 1,
      units: 2,
      leak: 0.25,
      inputWeights: Float32Array.of(0.5, -1, 2, 0.25),
      recurrent: Float32Array.of(0, 3, -0.5, 1),
    }
    const [a, b] = reservoirStates(tiny, [0.5], Float32Array.of(0.5, -0.25))
    expect(a).toBeCloseTo(0.75 * 0.5 + 0.25 * Math.tanh(0.5 + 2 * 0.5 + -0.5 * -0.25), 6)
    expect(b).toBeCloseTo(0.75 * -0.25 + 0.25 * Math.tanh(-1 + 0.25 * 0.5 + 3 * 0.5 + 1 * -0.25), 6)
  })

  test('windows are separate runs from state 0; the last state of each is kept', () => {
    const reservoir = createReservoir(settings)
    const random = seededRandom(1)
    const windows = Float64Array.from({ length: 3 * 5 * 2 }, () => normal(random))
    const found = finalStates(reservoir, windows, 5)
    for (const row of [0, 1, 2]) {
      const alone = reservoirStates(reservoir, windows.subarray(row * 10, row * 10 + 10))
      expect(found.subarray(row * 40, row * 40 + 40)).toEqual(alone.subarray(4 * 40))
    }
  })
})

describe('echo-state property (Jaeger 2001)', () => {
  const start = (seed: number, units: number): Float32Array => {
    const random = seededRandom(seed)
    return Float32Array.from({ length: units }, () => 2 * random() - 1)
  }
  const drawn = fc.record({
    seed: fc.integer({ min: 0, max: 1e6 }),
    leak: fc.double({ min: 0.3, max: 1, noNaN: true }),
    units: fc.integer({ min: 15, max: 40 }),
  })

  test('below 1: whatever the start, the same inputs lead to the same state', () => {
    const radius = fc.double({ min: 0.1, max: 0.9, noNaN: true })
    fc.assert(
      fc.property(drawn, radius, ({ seed, leak, units }, below) => {
        const reservoir = createReservoir({ ...settings, seed, leak, units, spectralRadius: below })
        const random = seededRandom(seed + 1)
        const inputs = Float64Array.from({ length: 2 * 500 }, () => normal(random))
        const states = [1, 2].map((at) => reservoirStates(reservoir, inputs, start(seed + at, units)).slice(-units))
        expect(distance(states[0]!, states[1]!)).toBeLessThan(1e-5)
      }),
      { numRuns: 40 },
    )
  })

  test('far above 1 without input: opposite starts never meet', () => {
    fc.assert(
      fc.property(drawn, ({ seed, leak, units }) => {
        const reservoir = createReservoir({ ...settings, seed, leak, units, spectralRadius: 4, biasScale: 0 })
        const silence = new Float64Array(2 * 300)
        const from = start(seed, units)
        const [last, opposite] = [from, from.map((value) => -value)].map((each) =>
          reservoirStates(reservoir, silence, each).slice(-units),
        )
        expect(distance(last!, opposite!)).toBeGreaterThan(0.1)
      }),
      { numRuns: 40 },
    )
  })
})
