import { expect, test } from 'vitest'
import { InvariantError } from '../../../src/core/errors.ts'
import { seededRandom } from '../../../src/core/random.ts'
import type { ReservoirSettings } from '../../../src/model/architectures/reservoir-matrices.ts'
import { createReservoir } from '../../../src/model/architectures/reservoir-matrices.ts'
import { fitReadOut, readOut } from '../../../src/training/reservoir/fit-read-out.ts'

const settings: ReservoirSettings = {
  seed: 5,
  features: 1,
  units: 200,
  spectralRadius: 0.9,
  inputScale: 0.2,
  biasScale: 0.2,
  leak: 1,
  connections: 10,
}
const WASHOUT = 200

/** NARMA of order 10 driven by noise (Atiya and Parlos 2000, IEEE Trans. Neural Networks 11(3)); the target is the next value. */
function narma10(seed: number, steps: number): { readonly inputs: Float64Array; readonly targets: Float64Array } {
  const random = seededRandom(seed)
  const inputs = Float64Array.from({ length: steps }, () => random() / 2)
  const y = new Float64Array(steps + 1)
  for (let t = 9; t < steps; t += 1) {
    const sum = y.subarray(t - 9, t + 1).reduce((total, value) => total + value, 0)
    y[t + 1] = 0.3 * y[t]! + 0.05 * y[t]! * sum + 1.5 * inputs[t - 9]! * inputs[t]! + 0.1
  }
  return { inputs, targets: y.subarray(1) }
}

/** Root mean squared error over the deviation of the targets, after the wash-out. */
function normalisedError(found: Float64Array, expected: Float64Array): number {
  const targets = expected.subarray(WASHOUT)
  const mean = targets.reduce((sum, value) => sum + value, 0) / targets.length
  const errors = targets.reduce((sum, value, i) => sum + (value - found[i + WASHOUT]!) ** 2, 0)
  return Math.sqrt(errors / targets.reduce((sum, value) => sum + (value - mean) ** 2, 0))
}

// Random reservoirs of 200 tanh units reach an NMSE of about 0.04, an NRMSE of 0.2 (Rodan and Tiňo 2011, IEEE Trans. Neural Networks 22(1)).
test.each([5, 6])('NARMA10 with 200 units, seed %i: NRMSE of unseen data below 0.2', (seed) => {
  const reservoir = createReservoir({ ...settings, seed })
  const fit = narma10(11, 2_200)
  const unseen = narma10(12, 2_200)
  const map = fitReadOut(reservoir, fit.inputs, fit.targets, { washout: WASHOUT, penalty: 1e-10 })
  const error = normalisedError(readOut(reservoir, map, unseen.inputs), unseen.targets)
  expect(error).toBeLessThan(0.2)
  expect(error).toBeGreaterThan(0.05)
})

test('a target that is linear in input and states is found exactly; several targets at once', () => {
  const reservoir = createReservoir({ ...settings, units: 20, connections: 5 })
  const { inputs } = narma10(1, 300)
  const exact = { width: 21, outputs: 2, biases: Float64Array.of(1, -2), weights: new Float64Array(42) }
  exact.weights.set([3, 0, 0.5, 0, 0, -1])
  const targets = readOut(reservoir, exact, inputs)
  const found = readOut(reservoir, fitReadOut(reservoir, inputs, targets, { washout: 50, penalty: 1e-13 }), inputs)
  for (const [i, value] of targets.entries()) expect(found[i]).toBeCloseTo(value, 6)
})

test('the wash-out is not fitted', () => {
  const reservoir = createReservoir({ ...settings, units: 20, connections: 5 })
  const { inputs, targets } = narma10(1, 300)
  const spoilt = targets.map((value, t) => (t < 50 ? 1e6 : value))
  const fitted = { washout: 50, penalty: 1e-8 }
  expect(fitReadOut(reservoir, inputs, spoilt, fitted)).toEqual(fitReadOut(reservoir, inputs, targets, fitted))
  expect(() => fitReadOut(reservoir, inputs, targets, { ...fitted, washout: 300 })).toThrow(InvariantError)
})
