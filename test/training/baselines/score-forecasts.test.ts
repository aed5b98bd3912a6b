import { expect, test } from 'vitest'
import { scoreForecasts } from '../../../src/training/baselines/score-forecasts.ts'

test('one row by hand', () => {
  const outputs = {
    mean: Float32Array.of(1),
    volatility: Float32Array.of(2),
    quantiles: Float32Array.of(-4, -1, 1, 2, 5),
    classes: Float32Array.of(0.25, 0.25, 0.5),
  }
  const scores = scoreForecasts(
    outputs,
    { rows: 1, targetsBps: Float64Array.of(3), variancesBps2: Float64Array.of(5) },
    0.5,
  )
  expect(scores.squaredErrorBps2).toBeCloseTo(4, 12)
  expect(scores.logLoss).toBeCloseTo(Math.log(2), 12)
  expect(scores.qlike).toBeCloseTo(Math.log(4) + 5 / 4, 12)
  expect(scores.pinballBps).toBeCloseTo((0.05 * 7 + 0.25 * 4 + 0.5 * 2 + 0.75 * 1 + 0.05 * 2) / 5, 12)
})
