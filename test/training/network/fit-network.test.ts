import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { architectureOf } from '../../../src/model/architectures/registry.ts'
import { checkBundle } from '../../../src/model/bundle/bundle.ts'
import { decodeOptimizerState } from '../../../src/model/bundle/optimizer-state.ts'
import type { HeadOptions } from '../../../src/model/heads/head-options.ts'
import type { Dataset } from '../../../src/training/dataset.ts'
import { splitByTime } from '../../../src/training/dataset.ts'
import { fitBundle } from '../../../src/training/fit-bundle.ts'
import { forecastDataset } from '../../../src/training/forecast-dataset.ts'
import { continuationOf } from '../../../src/training/network/continuation.ts'
import { networkFitter } from '../../../src/training/network/fit-network-forecaster.ts'
import type { NetworkSettings } from '../../../src/training/network/network-settings.ts'
import { trainingOptionsSchema } from '../../../src/training/network/training-options.ts'
import { denseDataset, valuesOf } from '../dense-dataset.ts'
import { engine } from './tiny-training.ts'

const SHAPE = { featureNames: ['edge', 'loudness'], steps: 3, barMs: 1_000, horizonBars: 2 }

/** Return = newest edge + e^(loudness / 2) × noise, basis points. */
function planted(seed: number, rows: number): Dataset {
  const random = seededRandom(seed)
  const inputs = Float32Array.from({ length: rows * 6 }, () => normal(random))
  const deviation = (row: number): number => Math.exp(inputs[row * 6 + 5]! / 2)
  return denseDataset({
    shape: SHAPE,
    inputs,
    targetsBps: Float64Array.from({ length: rows }, (_, row) => inputs[row * 6 + 4]! + deviation(row) * normal(random)),
    variancesBps2: Float64Array.from({ length: rows }, (_, row) => deviation(row) ** 2 * (0.5 + random())),
  })
}

const HEADS: HeadOptions = {
  quantiles: { share: 1 },
  classes: { share: 0.3, weights: 'balanced' },
  volatility: { share: 0.3 },
  mean: { share: 0.3, loss: { kind: 'mse' } },
}

const settingsOf = (training: object = {}, heads = HEADS, name = 'lstm'): NetworkSettings => ({
  architecture: { architecture: architectureOf(name), options: architectureOf(name).options.parse({ hidden: 8 }) },
  heads,
  training: trainingOptionsSchema.parse({
    ...{ batchSize: 64, epochsMax: 6, learningRate: 0.02, schedule: { kind: 'constant' } },
    ...training,
  }),
})

const fitterOf = (settings: NetworkSettings, more: object = {}) =>
  networkFitter({ settings, engine, servingEngine: engine, ...more })

const data = planted(1, 1_500)
const split = splitByTime(data, 0.25)

describe('a fitted network', () => {
  test('finds planted mean and volatility, in basis points', async () => {
    const fitted = await fitterOf(settingsOf())(data, split)
    const unseen = planted(2, 500)
    const { mean, volatility, quantiles, classes } = await forecastDataset(fitted, unseen)
    await fitted.release!()
    const inputs = valuesOf(unseen)
    const edges = Float32Array.from(mean, (_, row) => inputs[row * 6 + 4]!)
    expect(correlation(mean, edges)).toBeGreaterThan(0.95)
    expect(slope(edges, mean)).toBeGreaterThan(0.75)
    expect(slope(edges, mean)).toBeLessThan(1.25)
    const logs = volatility.map(Math.log)
    const truth = Float32Array.from(mean, (_, row) => inputs[row * 6 + 5]! / 2)
    expect(correlation(logs, truth)).toBeGreaterThan(0.9)
    expect(slope(truth, logs)).toBeGreaterThan(0.7)
    expect(slope(truth, logs)).toBeLessThan(1.3)
    const below = unseen.targetsBps.filter((target, row) => target <= quantiles[row * 5 + 1]!).length / unseen.rows
    expect(Math.abs(below - 0.25)).toBeLessThan(0.08)
    const threshold = fitted.calibration.thresholdBps
    const right = unseen.targetsBps.filter((target, row) => {
      const kind = target > threshold ? 2 : target < -threshold ? 0 : 1
      return classes[row * 3 + kind] === Math.max(...classes.subarray(row * 3, row * 3 + 3))
    })
    expect(right.length / unseen.rows).toBeGreaterThan(0.45)
  })

  test('a class that weighs more is said more often', async () => {
    const upsOf = async (weights: [number, number, number]): Promise<number> => {
      const heads: HeadOptions = { quantiles: { share: 0.1 }, classes: { share: 1, weights } }
      const fitted = await fitterOf(settingsOf({ epochsMax: 2 }, heads))(data, split)
      const { classes } = await forecastDataset(fitted, data)
      await fitted.release!()
      return classes.reduce((sum, p, i) => (i % 3 === 2 ? sum + p / data.rows : sum), 0)
    }
    expect(await upsOf([1, 1, 4])).toBeGreaterThan((await upsOf([1, 1, 1])) + 0.15)
  })

  test('a learning rate that is too high in the first epoch is refused by name', async () => {
    const optimiser = { kind: 'sgd', momentum: 0 }
    const settings = settingsOf({ optimiser })
    const wild = { ...settings, training: { ...settings.training, learningRate: 1e30 } }
    await expect(fitterOf(wild)(data, split)).rejects.toThrow(/training\.learningRate was 1e\+30; .* lower/)
  })
})

const request = {
  ...{ family: 'demo', schemaHash: 'synthetic', split: splitByTime(data, 0.25), createdAt: '2026-01-02T03:04:05.000Z' },
  ...{
    source: 'synthetic',
    window: 'simulated' as const,
    seeds: [1],
    evaluationSeeds: [2],
    fitData: data,
    evaluationData: planted(2, 400),
  },
}
const SHAPE_NOW = { steps: 3, barMs: 1_000, horizonBars: 2, schemaHash: 'synthetic' }

/** What a bundle of `settings` can be gone on from with `now`. */
async function bundled(settings: NetworkSettings, more: object = {}) {
  const { version, files, metrics } = await fitBundle({ ...request, fit: fitterOf(settings, more) })
  const { manifest } = checkBundle({ folder: `models/demo/${version}`, files })
  const state = decodeOptimizerState(files.get('optimizer.bin')!, 'optimizer.bin')
  return {
    version,
    files,
    metrics,
    manifest,
    from: (now: NetworkSettings) => continuationOf(manifest, state, now, SHAPE_NOW),
  }
}

describe('a bundle of a network', () => {
  test('the same settings give the same bytes; it can be gone on from, as if training had never stopped', async () => {
    const whole = await bundled(settingsOf({ epochsMax: 4 }))
    expect((await bundled(settingsOf({ epochsMax: 4 }))).files).toEqual(whole.files)
    const first = await bundled(settingsOf({ epochsMax: 2 }))
    const from = first.from(settingsOf({ epochsMax: 4 }))
    const second = await bundled(settingsOf({ epochsMax: 4 }), { from })
    expect(second.manifest.parent).toBe(first.version)
    expect(second.files.get('model.onnx')).toEqual(whole.files.get('model.onnx'))
    expect(second.files.get('optimizer.bin')).toEqual(whole.files.get('optimizer.bin'))
    expect(second.manifest.training).toEqual(whole.manifest.training)
    expect(second.manifest.weights).toEqual(whole.manifest.weights)
    expect(second.metrics).toEqual(whole.metrics)
    expect(() => second.from(settingsOf({ epochsMax: 4 }))).not.toThrow()
  })

  test('asked to stop it is packed as it is after the epoch', async () => {
    const { manifest } = await bundled(settingsOf(), { isStopped: () => true })
    expect(manifest.training).toMatchObject({ epochs: 1, bestEpoch: 1 })
  })

  test('other settings are no continuation', async () => {
    const { manifest, from } = await bundled(settingsOf({ epochsMax: 1 }))
    expect(() => from(settingsOf({ epochsMax: 9, patience: 2, threads: 2 }))).not.toThrow()
    expect(() => from(settingsOf({ epochsMax: 9, learningRate: 0.5 }))).toThrow(
      /resume: training was .*"learningRate":0.5/,
    )
    expect(() => from(settingsOf({}, HEADS, 'gru'))).toThrow(/resume: architecture was {"name":"gru"/)
    expect(() => from(settingsOf({}, { quantiles: { share: 1 } }))).toThrow(InputError)
    const state = { step: 1, counters: {}, settings: {}, vectors: {} }
    const others = { ...SHAPE_NOW, schemaHash: 'other' }
    expect(() => continuationOf(manifest, state, settingsOf(), others)).toThrow(/schemaHash was "other"; .* fit afresh/)
  })

  test('with nothing left to train it says so', async () => {
    const { from } = await bundled(settingsOf({ epochsMax: 2 }))
    const settings = settingsOf({ epochsMax: 2 })
    await expect(fitterOf(settings, { from: from(settings) })(data, split)).rejects.toThrow(
      /training\.epochsMax was 2; lstm-[0-9a-f]{12} has 2 epochs: there is nothing to go on with/,
    )
  })
})

const meanOf = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

const covariance = (a: Float32Array, b: Float32Array): number => {
  const [x, y] = [meanOf(a), meanOf(b)]
  return a.reduce((sum, value, i) => sum + (value - x) * (b[i]! - y), 0) / a.length
}
const correlation = (a: Float32Array, b: Float32Array): number =>
  covariance(a, b) / Math.sqrt(covariance(a, a) * covariance(b, b))
/** Of `y` on `x`. */
const slope = (x: Float32Array, y: Float32Array): number => covariance(x, y) / covariance(x, x)
