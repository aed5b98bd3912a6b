import { expect, test } from 'vitest'
import { normal, seededRandom } from '../../src/core/random.ts'
import { architectureOf } from '../../src/model/architectures/registry.ts'
import { fitBaselines } from '../../src/training/baselines/fit-baselines.ts'
import type { Dataset } from '../../src/training/dataset.ts'
import { datasetFromRows, splitByTime } from '../../src/training/dataset.ts'
import { reservoirFitter } from '../../src/training/fit-reservoir-forecaster.ts'
import { fitRidgeForecaster } from '../../src/training/fit-ridge-forecaster.ts'
import type { FitForecaster } from '../../src/training/fitted-forecaster.ts'
import { forecastDataset } from '../../src/training/forecast-dataset.ts'
import { leakingFeatures } from '../../src/training/leaking-features.ts'
import { networkFitter } from '../../src/training/network/fit-network-forecaster.ts'
import { trainingOptionsSchema } from '../../src/training/network/training-options.ts'
import { engine } from './network/tiny-training.ts'
import { tableOf } from './row-tables.ts'

const ROWS = 3_000
const STEPS = 16
const FEATURES = ['a', 'b', 'c']
const WIDTH = STEPS * FEATURES.length
/** Windows that anything may hold at once: the batch of a forecast. */
const WINDOWS_MAX = 512

/** A walk whose views say how much of them was asked for at once, windows. */
function watched(): { readonly data: Dataset; readonly most: () => number } {
  const random = seededRandom(4)
  let mid = 100
  const rows = Array.from({ length: ROWS }, () => {
    mid *= Math.exp(normal(random) / 10_000)
    return { mid, values: FEATURES.map(() => normal(random)) }
  })
  const shape = { featureNames: FEATURES, steps: STEPS, barMs: 1_000, horizonBars: 2 }
  const data = datasetFromRows([tableOf(rows, FEATURES)], shape, { kind: 'return', costBps: 0 })
  let most = 0
  const inputs = {
    ...data.inputs,
    copy(row: number, into: Float32Array, offset: number): void {
      most = Math.max(most, into.buffer.byteLength / 4 / WIDTH)
      data.inputs.copy(row, into, offset)
    },
  }
  return { data: { ...data, inputs }, most: () => most }
}

const reservoir = { seed: 1, units: 8, spectralRadius: 0.8, inputScale: 0.3, biasScale: 0.1, leak: 0.8, connections: 4 }
const lstm = architectureOf('lstm')
const network = networkFitter({
  settings: {
    architecture: { architecture: lstm, options: lstm.options.parse({ hidden: 4 }) },
    heads: { quantiles: { share: 1 } },
    training: trainingOptionsSchema.parse({ batchSize: 64, epochsMax: 1 }),
  },
  engine,
  servingEngine: engine,
})
const fitters: readonly (readonly [string, FitForecaster])[] = [
  ['ridge', fitRidgeForecaster],
  ['reservoir', reservoirFitter(reservoir)],
  ['network', network],
]

test.each(fitters)('%s holds no more windows at once than a batch, in fit and forecast', async (_name, fitter) => {
  const { data, most } = watched()
  expect(data.rows).toBeGreaterThan(4 * WINDOWS_MAX)
  const fitted = await fitter(data, splitByTime(data, 0.25))
  const { mean } = await forecastDataset(fitted, data)
  await fitted.release?.()
  expect(mean).toHaveLength(data.rows)
  expect(most()).toBeGreaterThan(0)
  expect(most()).toBeLessThanOrEqual(WINDOWS_MAX)
})

test('so do the baselines and the check for leaks', () => {
  const { data, most } = watched()
  for (const baseline of fitBaselines(data, splitByTime(data, 0.25), 1)) {
    expect(baseline.forecast(data).mean).toHaveLength(data.rows)
  }
  expect(leakingFeatures(data)).toEqual([])
  expect(most()).toBeGreaterThan(0)
  expect(most()).toBeLessThanOrEqual(WINDOWS_MAX)
})
