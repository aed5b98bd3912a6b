import { expect, test } from 'vitest'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { backtestOverfitting } from '../../../src/report/metrics/backtest-overfitting.ts'
import { probabilityOfOverfitting } from '../../../src/training/gate/probability-of-overfitting.ts'

const random = seededRandom(6)
const series = (length: number, mean = 0) => Float64Array.from({ length }, () => mean + normal(random))

test('trials as series are the matrix of periods by trials', () => {
  const [a, b, c] = [series(64), series(64), series(64)]
  const values = Float64Array.from({ length: 64 * 3 }, (_, i) => [a, b, c][i % 3]![Math.floor(i / 3)]!)
  const value = backtestOverfitting({ values, trials: 3 }, 16).probability
  expect(probabilityOfOverfitting([a, b, c])).toEqual({ value })
  expect(value).toBeGreaterThan(0)
})

test('one trial with skill: not overfit', () => {
  expect(probabilityOfOverfitting([series(160), series(160, 2), series(160)])).toEqual({ value: 0 })
})

test.each([
  { trials: 0, periods: 0, expected: { notEnough: '0 trials; at least 2' } },
  { trials: 1, periods: 64, expected: { notEnough: '1 trials; at least 2' } },
  { trials: 2, periods: 31, expected: { notEnough: '31 periods; at least 32' } },
  { trials: 2, periods: 32, expected: { value: expect.any(Number) as number } },
])('$trials trials of $periods periods: $expected', ({ trials, periods, expected }) => {
  expect(probabilityOfOverfitting(Array.from({ length: trials }, () => series(periods)))).toEqual(expected)
})
