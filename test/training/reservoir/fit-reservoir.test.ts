import { expect, test } from 'vitest'
import { scoreForecasts } from '../../../src/training/baselines/score-forecasts.ts'
import type { Dataset } from '../../../src/training/dataset.ts'
import { datasetOf, splitByTime, subsetOf } from '../../../src/training/dataset.ts'
import { baselineOf } from '../../../src/training/evaluate.ts'
import { fitReservoir, reservoirForecast } from '../../../src/training/reservoir/fit-reservoir.ts'
import { SHAPE, syntheticWindows } from '../synthetic-windows.ts'

const settings = {
  seed: 1,
  units: 30,
  spectralRadius: 0.8,
  inputScale: 0.3,
  biasScale: 0.1,
  leak: 0.8,
  connections: 5,
}
const dataset = (seed: number): Dataset => datasetOf([syntheticWindows({ seed, bars: 4_200, edge: 1.5 })], SHAPE)

test('finds what a feature foretells, beats the unconditional law, and is deterministic', () => {
  const [fit, unseen] = [dataset(1), dataset(2)]
  const split = splitByTime(fit, 0.25)
  const model = fitReservoir(fit, split, settings)
  expect(model.readOut.features).toBe(30)
  const outputs = reservoirForecast(model, unseen.inputs)
  const { thresholdBps } = model.readOut
  const scores = scoreForecasts(outputs, unseen, thresholdBps)
  const { meanBps } = baselineOf(unseen.targetsBps, thresholdBps)
  const total = unseen.targetsBps.reduce((sum, y) => sum + (y - meanBps) ** 2, 0) / unseen.rows
  // The newest bar's signal holds 2.25 of the variance 3 + 3 × 2.25 of three bars.
  expect(1 - scores.squaredErrorBps2 / total).toBeGreaterThan(0.15)
  expect(1 - scores.squaredErrorBps2 / total).toBeLessThan(0.3)
  expect(reservoirForecast(fitReservoir(fit, split, settings), unseen.inputs)).toEqual(outputs)
})

test('more rows than are held at once give the same forecasts as alone', () => {
  const fit = dataset(1)
  const model = fitReservoir(fit, splitByTime(fit, 0.25), settings)
  const all = reservoirForecast(model, fit.inputs)
  const tail = subsetOf(
    fit,
    Int32Array.from({ length: 10 }, (_, i) => fit.rows - 10 + i),
  )
  expect(reservoirForecast(model, tail.inputs).mean).toEqual(all.mean.slice(-10))
})
