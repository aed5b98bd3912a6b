import { expect, test } from 'vitest'
import { leastSquares } from '../../../src/market/flow/least-squares.ts'
import { LONGLEY } from './longley.ts'

test("Longley's data: coefficients, standard errors and R² as NIST certifies them, to 10 digits", () => {
  const fit = leastSquares(LONGLEY.columns, LONGLEY.y)!
  const { coefficients, standardErrors, rSquared } = LONGLEY.certified
  for (const [at, value] of [fit.intercept, ...fit.slopes].entries()) {
    expect(value / coefficients[at]!).toBeCloseTo(1, 10)
    expect(fit.standardErrors[at]! / standardErrors[at]!).toBeCloseTo(1, 10)
  }
  for (const [at, t] of fit.tStatistics.entries()) {
    expect(t / (coefficients[at + 1]! / standardErrors[at + 1]!)).toBeCloseTo(1, 10)
  }
  expect(fit.rSquared).toBeCloseTo(rSquared, 13)
})

test('a line by hand: y = 1, 3, 2 on x = 0, 1, 2 has slope 1/2, intercept 3/2, R² 1/4 and errors √(3/4) and √(5/4)', () => {
  const fit = leastSquares([[0, 1, 2]], [1, 3, 2])!
  expect(fit.slopes[0]).toBeCloseTo(1 / 2, 14)
  expect(fit.intercept).toBeCloseTo(3 / 2, 14)
  expect(fit.rSquared).toBeCloseTo(1 / 4, 14)
  expect(fit.standardErrors[1]).toBeCloseTo(Math.sqrt(3 / 4), 14)
  expect(fit.standardErrors[0]).toBeCloseTo(Math.sqrt(5 / 4), 14)
})
