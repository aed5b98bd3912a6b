import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fitIntegratedOfi, integratedOfi, normaliseOfi } from '../../../src/market/flow/integrated-ofi.ts'
import { leastSquares, predict } from '../../../src/market/flow/least-squares.ts'

describe('leastSquares', () => {
  // Anscombe, "Graphs in statistical analysis", The American Statistician 27(1), 1973: y = 3.00 + 0.500 x, t 4.24, R² 0.667.
  const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
  test.each([
    ['I', [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68], 0.6665, 4.24],
    ['II', [9.14, 8.14, 8.74, 8.77, 9.26, 8.1, 6.13, 3.1, 9.13, 7.26, 4.74], 0.6662, 4.24],
    ['III', [7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73], 0.6663, 4.24],
  ])("Anscombe's set %s", (_name, y, rSquared, t) => {
    const fit = leastSquares([x], y)!
    expect(fit.intercept).toBeCloseTo(3, 1)
    expect(fit.slopes[0]).toBeCloseTo(0.5, 2)
    expect(fit.rSquared).toBeCloseTo(rSquared, 4)
    expect(fit.tStatistics[0]).toBeCloseTo(t, 2)
  })

  test('two regressors by hand: an exact plane', () => {
    const [a, b] = [
      [0, 1, 0, 1, 2],
      [0, 0, 1, 1, 5],
    ] as const
    const y = a.map((each, at) => 7 + 2 * each - 3 * b[at]!)
    const fit = leastSquares([a, b], y)!
    expect([fit.intercept, ...fit.slopes].map((each) => Number(each.toFixed(10)))).toEqual([7, 2, -3])
    expect(fit.rSquared).toBeCloseTo(1, 12)
    expect(predict(fit, [10, 10])).toBeCloseTo(-3, 9)
  })

  test('residuals are orthogonal to every regressor and sum to 0, far from the origin too', () => {
    const cell = fc.double({ min: -1, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 6, maxLength: 20 }), (rows) => {
        const columns = [rows.map(([p]) => p + 1e6), rows.map(([, q]) => q)]
        const y = rows.map(([, , r]) => r)
        const fit = leastSquares(columns, y)
        if (!fit) return
        const residuals = y.map(
          (value, row) =>
            value -
            predict(
              fit,
              columns.map((column) => column[row]!),
            ),
        )
        const size = Math.max(1, ...fit.slopes.map(Math.abs))
        for (const column of [columns[0]!.map((value) => value - 1e6), columns[1]!, y.map(() => 1)]) {
          const product = column.reduce((sum, value, row) => sum + value * residuals[row]!, 0)
          expect(Math.abs(product)).toBeLessThan(1e-6 * size)
        }
      }),
    )
  })

  test.each([
    ['no more rows than unknowns', [[1, 2]], [1, 3]],
    ['a constant y', [[1, 2, 3, 4]], [5, 5, 5, 5]],
    ['a constant regressor', [[0.1, 0.1, 0.1, 0.1]], [1, 2, 3, 5]],
    [
      'one regressor twice the other',
      [
        [1, 2, 3, 5],
        [2, 4, 6, 10],
      ],
      [1, 0, 2, 1],
    ],
    ['no regressor', [], [1, 2, 3]],
  ])('nothing can be fitted: %s', (_name, columns, y) => {
    expect(leastSquares(columns, y)).toBeUndefined()
  })

  test('columns of another length are a bug', () => {
    expect(() => leastSquares([[1, 2]], [1, 2, 3])).toThrow('column of 3 rows')
  })
})

describe('integrated OFI', () => {
  test('levels are divided by the mean depth of all levels and both sides', () => {
    expect(normaliseOfi([4, -8], [1, 3], [5, 7])).toEqual([1, -2])
    expect(normaliseOfi([1, 1], [0, 0], [0, 0])).toEqual([Number.NaN, Number.NaN])
    expect(() => normaliseOfi([1, 1], [1], [1])).toThrow('depths of 2 levels')
  })

  test('by hand: the covariance [[2, 1], [1, 2]] has (1, 1) first, with 3 of 4 of the variance', () => {
    const root = Math.sqrt(3)
    const rows = [
      [root, root],
      [-root, -root],
      [1, -1],
      [-1, 1],
    ]
    const fit = fitIntegratedOfi(rows)!
    expect(fit.weights.map((weight) => Number(weight.toFixed(12)))).toEqual([0.5, 0.5])
    expect(fit.explained).toBeCloseTo(0.75, 12)
    expect(integratedOfi(fit, [2, 4])).toBeCloseTo(3, 12)
  })

  test('absolute weights sum to 1, their sum is positive, and no direction holds more variance', () => {
    const cell = fc.integer({ min: -50, max: 50 })
    const row = fc.array(cell, { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(fc.array(row, { minLength: 3, maxLength: 15 }), row, (rows, other) => {
        const fit = fitIntegratedOfi(rows)
        if (!fit) return
        expect(fit.weights.reduce((sum, weight) => sum + Math.abs(weight), 0)).toBeCloseTo(1, 9)
        expect(fit.weights.reduce((sum, weight) => sum + weight, 0)).toBeGreaterThan(-1e-9)
        const along = (direction: readonly number[]): number => {
          const values = rows.map((each) => each.reduce((sum, value, at) => sum + value * direction[at]!, 0))
          const mean = values.reduce((sum, value) => sum + value, 0) / rows.length
          const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
          return variance / direction.reduce((sum, value) => sum + value * value, 0)
        }
        if (other.some((value) => value !== 0))
          expect(along(fit.weights)).toBeGreaterThanOrEqual(along(other) * (1 - 1e-9) - 1e-9)
      }),
    )
  })

  test('nothing to fit: one row, no level, no movement', () => {
    expect(fitIntegratedOfi([[1, 2]])).toBeUndefined()
    expect(fitIntegratedOfi([[], []])).toBeUndefined()
    expect(
      fitIntegratedOfi([
        [1, 2],
        [1, 2],
      ]),
    ).toBeUndefined()
  })
})
