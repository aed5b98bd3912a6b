import { expect, test } from 'vitest'
import { logNormalMass } from '../../../../src/training/search/tpe/normal-mass.ts'

// mpmath 1.3 at 50 digits: log(ncdf(-a) - ncdf(-b)).
test.each([
  [-1, 1, -0.3817151463021261],
  [0, 0.5, -1.653063514255568],
  [-8, 8, -1.244192114854358e-15],
  [-0.001, 0.001, -7.13354679829352],
  [2.5, 3, -5.326764724079062],
  [2.8, 2.9, -7.279809262090476],
  [5, 6, -15.06844609652945],
  [10, 10.5, -53.2369693717525],
  [37, 38, -689.0305855768906],
  [-0.3, 4, -0.4814614182126237],
])('mass between %d and %d', (a, b, expected) => {
  const tolerance = 1e-13 * Math.max(1, Math.abs(expected))
  expect(Math.abs(logNormalMass(a, b) - expected)).toBeLessThan(tolerance)
  expect(Math.abs(logNormalMass(-b, -a) - expected)).toBeLessThan(tolerance)
})

test('beyond what a double holds there is none', () => {
  expect(logNormalMass(50, 51)).toBe(Number.NEGATIVE_INFINITY)
})
