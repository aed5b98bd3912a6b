import { expect, test } from 'vitest'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { LEVELS } from '../../../src/model/forecaster-outputs.ts'
import { normalQuantile } from '../../../src/model/heads/normal-quantile.ts'
import { permutationImportance } from '../../../src/training/evaluation/permutation-importance.ts'
import { denseDataset } from '../dense-dataset.ts'

const rows = 300
const steps = 3
const names = ['idle', 'weak', 'strong']
const random = seededRandom(8)
const inputs = Float32Array.from({ length: rows * steps * names.length }, () => normal(random))

/** Uses the first step of `weak` and the last of `strong`. */
const centreOf = (windows: Float32Array, row: number): number => {
  const at = row * steps * names.length
  return windows[at + 1]! + 3 * windows[at + 2 * names.length + 2]!
}
const data = denseDataset({
  shape: { featureNames: names, steps, barMs: 1_000, horizonBars: 1 },
  inputs,
  targetsBps: Float64Array.from({ length: rows }, (_, row) => centreOf(inputs, row) + normal(random)),
})
let forecastRows = 0
const fitted = {
  forecast: (windows: Float32Array, count: number) => {
    forecastRows += count
    const mean = Float32Array.from({ length: count }, (_, row) => centreOf(windows, row))
    const quantiles = Float32Array.from(
      { length: count * LEVELS.length },
      (_, i) => mean[Math.floor(i / LEVELS.length)]! + normalQuantile(LEVELS[i % LEVELS.length]!),
    )
    return Promise.resolve({ mean, quantiles, volatility: mean, classes: new Float32Array(3 * count) })
  },
}
const importance = (seed: number, rowsMax = 1_000) =>
  permutationImportance(fitted, data, { random: seededRandom(seed), repeats: 4, rowsMax })

test('what the model uses most comes first; what it does not use changes nothing, at any step', async () => {
  const found = await importance(1)
  expect(found.map(({ feature }) => feature)).toEqual(['strong', 'weak', 'idle'])
  expect(found[2]).toEqual({ feature: 'idle', riseBps: 0, deviationBps: 0 })
  // A normal law of width 1 against errors of variance 1 + 2·3² and 1 + 2.
  expect(found[0]!.riseBps).toBeGreaterThan(1.5)
  expect(found[1]!.riseBps).toBeGreaterThan(0.15)
  expect(found[1]!.riseBps).toBeLessThan(1)
  expect(found[0]!.deviationBps).toBeGreaterThan(0)
  expect(found[0]!.deviationBps).toBeLessThan(0.2)
})

test('the seed alone decides; the rows are bounded', async () => {
  expect(await importance(2)).toEqual(await importance(2))
  expect(await importance(2)).not.toEqual(await importance(3))
  forecastRows = 0
  await importance(1, 50)
  expect(forecastRows).toBe(50 * (1 + 3 * 4))
})

test('one repeat has no deviation', async () => {
  const options = { random: seededRandom(1), repeats: 1, rowsMax: 10 }
  await expect(permutationImportance(fitted, data, options)).rejects.toThrow('at least 2 repeats')
})
