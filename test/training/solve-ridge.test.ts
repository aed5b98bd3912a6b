import { describe, expect, test } from 'vitest'
import { InvariantError } from '../../src/core/errors.ts'
import { normal, seededRandom } from '../../src/core/random.ts'
import { predict, solveRidge, squaredError } from '../../src/training/solve-ridge.ts'

const random = seededRandom(5)
const rows = 500
/** Two columns, far from centred. */
const x = Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? 5 : -3) + normal(random))

describe('solveRidge', () => {
  test('without noise and with next to no penalty, finds weights and bias', () => {
    const y = Float64Array.from({ length: rows }, (_, i) => 3 + 2 * x[2 * i]! - x[2 * i + 1]!)
    const [head] = solveRidge(x, y, 2, [1e-9])
    expect(head!.weights[0]).toBeCloseTo(2, 5)
    expect(head!.weights[1]).toBeCloseTo(-1, 5)
    expect(head!.bias).toBeCloseTo(3, 4)
    expect(squaredError(predict(head!, x), y)).toBeLessThan(1e-8)
  })

  test('shrinks one column by variance / (variance + penalty), never the bias', () => {
    const column = Float64Array.from({ length: rows }, (_, i) => (i % 2 === 0 ? 11 : 9)) // Mean 10, variance 1.
    const y = column.map((value) => 4 * value + 7)
    const heads = solveRidge(column, y, 1, [1e-9, 1, 3])
    expect(heads.map(({ weights }) => weights[0]!.toFixed(6))).toEqual(['4.000000', '2.000000', '1.000000'])
    for (const head of heads) {
      const mean = predict(head, column).reduce((sum, value) => sum + value, 0) / rows
      expect(mean).toBeCloseTo(47, 6)
    }
  })

  test('fewer rows than weights, or no penalty on equal columns, is a bug', () => {
    expect(() => solveRidge(x.slice(0, 4), new Float64Array(2), 2, [1])).toThrow(InvariantError)
    const twins = Float64Array.from({ length: 20 }, (_, i) => Math.floor(i / 2) % 3)
    expect(() => solveRidge(twins, new Float64Array(10), 2, [0])).toThrow(InvariantError)
  })
})
