import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { fitHar, TRADING_DAY_LAGS } from '../../../src/training/baselines/har-rv.ts'

const variances = [
  12, 19, 11, 27, 33, 21, 18, 44, 38, 25, 17, 29, 52, 31, 23, 16, 14, 22, 37, 28, 19, 41, 35, 24, 30, 26, 13, 18, 34,
  46, 29, 20, 15, 27, 39, 32, 21, 17, 25, 36,
]
const quarticities = [
  3, 8, 2, 15, 21, 9, 7, 40, 26, 12, 5, 16, 50, 19, 10, 6, 4, 9, 25, 14, 8, 33, 23, 11, 18, 13, 3, 7, 22, 41, 17, 9, 5,
  14, 28, 19, 10, 6, 12, 24,
].map((value) => 17 * value)
const level = { lags: [1, 2, 4], form: 'level', quarticityLags: [] } as const

const expectDigits = (found: readonly number[], expected: readonly number[], digits: number): void => {
  expect(found).toHaveLength(expected.length)
  for (const [i, value] of expected.entries()) expect(found[i]! / value).toBeCloseTo(1, digits)
}

// From NumPy's lstsq on the same regressors, standard errors by s² (XᵀX)⁻¹.
describe('HAR against NumPy', () => {
  test('level: coefficients, standard errors, R², forecast', () => {
    const fit = fitHar({ variances }, level)
    expectDigits(fit.coefficients, [37.90929084, 0.9188096499, -1.09958086, -0.2044558613], 8)
    expectDigits(fit.standardErrors, [9.008465173, 0.2319581259, 0.3330370897, 0.3890721743], 8)
    expectDigits([fit.rSquared, fit.forecast({ variances })], [0.4164310446, 32.38893943], 8)
    expect(fit.n).toBe(36)
  })

  test('log: the forecast is the mean of a log-normal, half the residual variance above its median', () => {
    const fit = fitHar({ variances }, { ...level, form: 'log' })
    expectDigits(fit.coefficients, [3.986809385, 1.080536853, -1.261422337, -0.03782801684], 8)
    expectDigits(fit.standardErrors, [1.006016262, 0.2448833225, 0.3510116602, 0.3742719949], 8)
    expectDigits([fit.rSquared, fit.forecast({ variances })], [0.45867423, 31.96202683], 8)
  })

  test('HARQ: the coefficient of the last period moves with its centred root quarticity', () => {
    const fit = fitHar({ variances, quarticities }, { ...level, quarticityLags: [1] })
    expectDigits(fit.coefficients, [26.22001456, 1.399003833, -1.228325594, -0.09803951241, -0.02297777386], 8)
    expectDigits(fit.standardErrors, [14.55925707, 0.5241022449, 0.3558727468, 0.402520098, 0.02249260913], 8)
    expectDigits([fit.rSquared, fit.forecast({ variances, quarticities })], [0.4354368832, 33.45604447], 8)
  })
})

test('a series that obeys the recursion gives its coefficients back', () => {
  const series = [1, 3, 2, 5, 1, 4, 2]
  while (series.length < 30) {
    const mean = (span: number): number => series.slice(-span).reduce((sum, value) => sum + value, 0) / span
    series.push(0.5 + 0.3 * mean(1) - 0.6 * mean(3) + 1.1 * mean(7))
  }
  const fit = fitHar({ variances: series }, { lags: [1, 3, 7], form: 'level', quarticityLags: [] })
  expectDigits(fit.coefficients, [0.5, 0.3, -0.6, 1.1], 9)
  expect(fit.rSquared).toBeCloseTo(1, 12)
})

test('a forecast outside of all variances fitted on is replaced by their mean', () => {
  const fit = fitHar({ variances }, level)
  const mean = variances.reduce((sum, value) => sum + value, 0) / variances.length
  expect(fit.forecast({ variances: [1, 1, 1, 900] })).toBeCloseTo(mean, 12)
  expect(fit.forecast({ variances: [1, 1, 900, 1] })).toBeCloseTo(mean, 12) // Below 0.
})

test.each([
  ['lags that do not ascend', { lags: [5, 1] }, /HAR lags were 5, 1; they must be whole, above 0, ascending/],
  ['no lags', { lags: [] }, /HAR lags were/],
  ['a quarticity lag that is no lag', { quarticityLags: [3] }, /HAR quarticity lag 3 is none of the lags/],
  ['quarticity lags without quarticities', { quarticityLags: [1] }, /needs one quarticity for each variance/],
  ['too short a series', { lags: [1, 38] }, /HAR: 2 periods after the first 38 cannot be fitted/],
])('%s: refused', (_name, change, message) => {
  expect(() => fitHar({ variances }, { ...level, ...change })).toThrow(InputError)
  expect(() => fitHar({ variances }, { ...level, ...change })).toThrow(message)
})

test('a variance of 0 is refused', () => {
  expect(() => fitHar({ variances: [1, 2, 0, 4] }, level)).toThrow(/HAR variance 3 was 0; it must be above 0/)
})

const file = path.join(process.env['TICKWRIGHT_DATA'] ?? '../shared/data', 'oracles', 'spyrm_rv5.csv')
const isAbsent = !existsSync(file)
if (isAbsent) {
  console.log(`skipped: no realised variances at ${file}; set TICKWRIGHT_DATA to the folder that holds oracles/`)
}

test.skipIf(isAbsent)(
  'SPY, 1,495 days: coefficients that package highfrequency (R) publishes, all printed digits',
  () => {
    const daily = readFileSync(file, 'utf8').trim().split('\n').map(Number)
    const fit = fitHar({ variances: daily }, { lags: TRADING_DAY_LAGS, form: 'level', quarticityLags: [] })
    expect(fit.coefficients.map((value) => value.toExponential(9))).toEqual([
      '1.160000921e-5',
      '2.953165771e-1',
      '2.813334173e-1',
      '1.471632893e-1',
    ])
    expect(fit.rSquared).toBeCloseTo(0.24959, 5)
    expect(fit.n).toBe(1_473)
  },
)
