import { expect, test } from 'vitest'
import { onnxEngine } from '../../src/adapters/onnx/onnx-engine.ts'
import { openBundle } from '../../src/model/bundle/bundle.ts'
import { datasetOf, splitByTime } from '../../src/training/dataset.ts'
import { fitBundle } from '../../src/training/fit-bundle.ts'
import { reservoirFitter } from '../../src/training/fit-reservoir-forecaster.ts'
import { forecastDataset } from '../../src/training/forecast-dataset.ts'
import { forecastRows } from '../../src/training/network/forecast-rows.ts'
import { valuesOf } from './dense-dataset.ts'
import { SHAPE, syntheticWindows } from './synthetic-windows.ts'

const SETTINGS = {
  ...{ seed: 3, units: 24, spectralRadius: 0.8, inputScale: 0.4, biasScale: 0.1, leak: 0.6, connections: 5 },
}
const dataset = (seed: number) => datasetOf([syntheticWindows({ seed, bars: 900, edge: 1 })], SHAPE)
const data = dataset(1)

test('the serving graph says what the fit says', async () => {
  const fitted = await reservoirFitter(SETTINGS)(data, splitByTime(data, 0.25))
  const unseen = dataset(2)
  const expected = await forecastDataset(fitted, unseen)
  const session = await onnxEngine({ provider: 'cpu', threads: 1 }).load(fitted.graph)
  const found = await forecastRows(session, valuesOf(unseen), unseen.rows, [SHAPE.steps, SHAPE.featureNames.length])
  await session.release()
  for (const name of ['mean', 'volatility', 'quantiles', 'classes'] as const) {
    const farthest = found[name].reduce((most, value, i) => {
      const wanted = expected[name][i]!
      return Math.max(most, Math.abs(value - wanted) / (1 + Math.abs(wanted)))
    }, 0)
    expect(farthest).toBeLessThan(1e-5)
  }
})

test('is packed as a bundle that opens, and finds the planted edge', async () => {
  const { version, files, metrics } = await fitBundle({
    ...{
      family: 'demo',
      schemaHash: 'synthetic',
      split: splitByTime(data, 0.25),
      createdAt: '2026-01-02T03:04:05.000Z',
    },
    ...{
      source: 'synthetic',
      window: 'simulated' as const,
      seeds: [1],
      evaluationSeeds: [2],
      fitData: data,
      evaluationData: dataset(2),
    },
    fit: reservoirFitter(SETTINGS),
  })
  expect(version).toMatch(/^reservoir-[0-9a-f]{12}$/)
  const schema = { names: SHAPE.featureNames, schemaHash: 'synthetic', barMs: SHAPE.barMs }
  const { manifest } = openBundle({ folder: `models/demo/${version}`, files }, schema)
  expect(manifest.architecture).toEqual({ name: 'reservoir', parameters: { ...SETTINGS, readOut: 'ridge' } })
  expect(metrics['pinballSkill']).toBeGreaterThan(0.03)
})
