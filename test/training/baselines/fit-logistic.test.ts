import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InvariantError } from '../../../src/core/errors.ts'
import { fitLogistic, logisticProbabilities } from '../../../src/training/baselines/fit-logistic.ts'
import { denseBlocks } from '../../../src/training/row-blocks.ts'

const x = Float64Array.of(
  2.04,
  -2.56,
  0.42,
  -0.57,
  -0.45,
  -0.22,
  -2.02,
  -0.23,
  -0.87,
  3.32,
  0.23,
  -0.35,
  -0.28,
  -0.67,
  -1.06,
  -0.39,
  0.48,
  -0.24,
  0.96,
  -0.2,
  0.02,
  1.55,
  0.55,
  -0.51,
  -0.18,
  0.54,
  1.94,
  -0.27,
  -0.24,
  1.0,
  -0.89,
  -0.29,
  0.88,
  0.58,
  0.09,
  0.67,
  -2.83,
  1.02,
  -0.96,
  -1.67,
  0.28,
  0.7,
  -0.44,
  -1.08,
  0.03,
  -0.05,
  1.41,
  0.75,
  0.19,
  1.11,
  -0.21,
  -0.93,
  0.58,
  0.58,
  -0.21,
  -0.78,
  0.23,
  -2.49,
  0.69,
  0.49,
  -1.64,
  0.06,
  -0.96,
  0.76,
  -2.03,
  -0.91,
  0.71,
  1.16,
  -2.16,
  -0.5,
  0.33,
  -0.61,
  1.59,
  -1.19,
  0.35,
  -1.05,
  1.41,
  -0.02,
  -0.37,
  -1.72,
  1.68,
  0.75,
  0.75,
  1.14,
  0.35,
  -0.64,
  -0.8,
  -0.8,
  1.37,
  -1.46,
  -0.6,
  -0.32,
  0.22,
  0.58,
  -1.25,
  -1.73,
  0,
  1.21,
  0.76,
  0.22,
  -0.32,
  0.29,
  -0.24,
  0.82,
  -0.79,
  0.13,
  -0.11,
  0.54,
  0.22,
  2.55,
  1.5,
  1.5,
  -2.04,
  -0.34,
  -0.61,
  0.53,
  -2.28,
  1.17,
  1.07,
  -1.3,
)
const y = [
  0, 1, 0, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1, 2, 1, 0, 2, 0, 0, 1, 0, 0, 1, 1, 0, 1, 1, 2, 2, 1, 0, 0, 0, 0,
  0, 0, 2, 0, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 2, 1, 1, 0,
]
const problem = { x: denseBlocks(x, 2), y, classes: 3, penalty: 0.05 }

test("coefficients equal those of SciPy's BFGS on the same loss", () => {
  const fit = fitLogistic(problem)
  const expected = [
    0.90999205, -0.315467829, 0.55663357, -0.364205018, 0.196652173, 0.503832824, -0.545787032, 0.118815656,
    -1.06046639,
  ]
  for (const [i, value] of expected.entries()) expect(fit.weights[i]).toBeCloseTo(value, 7)
  expect(fit.loss).toBeCloseTo(0.752705509674, 11)
  expect(fit.gradientMax).toBeLessThan(1e-10)
  expect(fit.iterations).toBeLessThan(8)
})

test('one binary column by hand: with next to no penalty the odds are those of the counts', () => {
  // Three of four are class 1 where x = 1, one of four where x = 0.
  const fit = fitLogistic({
    x: denseBlocks(Float64Array.of(1, 1, 1, 1, 0, 0, 0, 0), 1),
    y: [1, 1, 1, 0, 1, 0, 0, 0],
    classes: 2,
    penalty: 1e-9,
  })
  const [, atOne, , atZero] = logisticProbabilities(fit, denseBlocks(Float64Array.of(1, 0), 1))
  expect(atOne).toBeCloseTo(3 / 4, 6)
  expect(atZero).toBeCloseTo(1 / 4, 6)
})

test('the optimum, whatever the data: no direction lowers the loss, biases sum to 0, probabilities to 1', () => {
  const cell = fc.double({ min: -3, max: 3, noNaN: true })
  const row = fc.tuple(cell, cell, fc.integer({ min: 0, max: 2 }))
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 25 }), (rows) => {
      const inputs = denseBlocks(Float64Array.from(rows.flatMap(([a, b]) => [a, b])), 2)
      const kinds = rows.map(([, , kind]) => kind)
      if (new Set(kinds).size < 3) return // A bias would run away.
      const fit = fitLogistic({ x: inputs, y: kinds, classes: 3, penalty: 0.01 })
      const probabilities = logisticProbabilities(fit, inputs)
      for (const k of [0, 1, 2]) {
        for (const column of [0, 1]) {
          const error = rows.reduce(
            (sum, values, at) =>
              sum + (probabilities[3 * at + k]! - (values[2] === k ? 1 : 0)) * Number(values[column]),
            0,
          )
          expect(error / rows.length + 0.01 * fit.weights[3 * k + column]!).toBeCloseTo(0, 8)
        }
      }
      expect(fit.weights[2]! + fit.weights[5]! + fit.weights[8]!).toBeCloseTo(0, 8)
      for (const at of rows.keys()) {
        expect(probabilities.slice(3 * at, 3 * at + 3).reduce((sum, p) => sum + p)).toBeCloseTo(1, 12)
      }
    }),
  )
})

test('classes that a line parts still converge, thanks to the penalty', () => {
  const separable = { x: denseBlocks(Float64Array.of(-2, -1, 1, 2), 1), y: [0, 0, 1, 1], classes: 2 }
  expect(fitLogistic({ ...separable, penalty: 1e-4 }).gradientMax).toBeLessThan(1e-10)
  expect(() => fitLogistic({ ...separable, penalty: 0 })).toThrow(InvariantError)
})

test('a row of weight 2 counts as much as two, one of weight 0 not at all, and only the ratios of weights count', () => {
  const rowWeights = Float64Array.from(y, (_, row) => row % 3)
  const kept = y.flatMap((_, row) => Array.from({ length: row % 3 }, () => row))
  const repeated = {
    ...problem,
    x: denseBlocks(Float64Array.from(kept.flatMap((row) => [x[2 * row]!, x[2 * row + 1]!])), 2),
    y: kept.map((row) => y[row]!),
  }
  const expected = fitLogistic(repeated)
  for (const scale of [1, 1e-3]) {
    const found = fitLogistic({ ...problem, rowWeights: rowWeights.map((weight) => scale * weight) })
    expect(found.loss).toBeCloseTo(expected.loss, 12)
    for (const [i, weight] of expected.weights.entries()) expect(found.weights[i]).toBeCloseTo(weight, 9)
  }
})

test('read in blocks of any size the fit is the same', () => {
  const cut = { rows: y.length, width: 2, blocks: () => [x.subarray(0, 14), x.subarray(14, 16), x.subarray(16)] }
  expect(fitLogistic({ ...problem, x: cut })).toEqual(fitLogistic(problem))
})
