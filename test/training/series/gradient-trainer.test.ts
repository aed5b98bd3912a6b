import { describe, expect, test } from 'vitest'
import { onnxEngine } from '../../../src/adapters/onnx/onnx-engine.ts'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { nlinearSeries, patchSeries } from '../../../src/model/series/series-model.ts'
import type { EpochReport } from '../../../src/training/network/train-network.ts'
import { ols } from '../../../src/training/series/closed-form-linear.ts'
import type { GradientTrainerOptions } from '../../../src/training/series/gradient-trainer.ts'
import { gradientTrainer } from '../../../src/training/series/gradient-trainer.ts'
import { repeat } from '../../../src/training/series/repeat.ts'
import { scoreSeries } from '../../../src/training/series/score-series.ts'
import { seriesBatches } from '../../../src/training/series/series-batches.ts'
import type { SeriesData } from '../../../src/training/series/series-data.ts'

const engine = onnxEngine({ provider: 'cpu', threads: 1 })
const SETTINGS = { lookBack: 12, horizon: 4 }

/** Two waves with noise. */
function waves(): SeriesData {
  const random = seededRandom(1)
  const rows = 400
  const values = Float64Array.from({ length: 2 * rows }, (_, i) => {
    const [row, channel] = [Math.floor(i / 2), i % 2]
    return Math.sin(row / (2 + channel)) + 0.2 * normal(random)
  })
  const parts = {
    train: { from: 0, to: 240 },
    validation: { from: 240, to: 320 },
    test: { from: 320, to: rows },
  }
  return { channels: 2, values, parts }
}

const options = (change: Partial<GradientTrainerOptions['training']> = {}): GradientTrainerOptions => ({
  name: 'nlinear',
  model: nlinearSeries({ individual: false }),
  loss: 'mse',
  batchSize: 16,
  training: {
    update: {
      optimiser: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      weightDecay: 0,
      l1: 0,
    },
    learningRate: 0.02,
    schedule: { kind: 'cosine', warmUp: 0, floor: 0.01 },
    batchesPerUpdate: 1,
    epochsMax: 20,
    patience: 20,
    seed: 1,
    ...change,
  },
})

describe('gradientTrainer', () => {
  const data = waves()

  test('comes close to the exact optimum of its model', async () => {
    const reports: EpochReport[] = []
    const trainer = gradientTrainer(engine, options(), (report) => reports.push(report))
    const forecaster = await trainer.fit(data, SETTINGS)
    const { mse } = await scoreSeries(forecaster, data, SETTINGS)
    await forecaster.release?.()
    const exact = await scoreSeries(await ols.fit(data, SETTINGS), data, SETTINGS)
    const persistence = await scoreSeries(await repeat.fit(data, SETTINGS), data, SETTINGS)
    expect(mse).toBeLessThan(1.1 * exact.mse)
    expect(mse).toBeLessThan(0.5 * persistence.mse)
    expect(reports.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  })

  test('keeps the weights of the pass with the lowest validation loss', async () => {
    const reports: EpochReport[] = []
    // So high a rate that later passes are worse.
    const wild = options({ learningRate: 0.5, schedule: { kind: 'constant' }, epochsMax: 6 })
    const forecaster = await gradientTrainer(engine, wild, (report) => reports.push(report)).fit(data, SETTINGS)
    const { mse } = await scoreSeries(forecaster, data, SETTINGS, 'validation')
    await forecaster.release?.()
    expect(mse).toBeCloseTo(Math.min(...reports.map(({ validationLoss }) => validationLoss)), 4)
  })

  test.each([
    ['linear', options({ epochsMax: 2 })],
    [
      'with dropout',
      {
        ...options({ epochsMax: 1 }),
        model: patchSeries({
          ...{ patchLength: 4, patchStride: 4, layers: 1, width: 4, heads: 2, feedForwardWidth: 4, activation: 'relu' },
          ...{ norm: 'post', causal: false, dropout: 0.3, attentionDropout: 0, headDropout: 0.1, affine: true },
        }),
      },
    ],
  ] as const)('%s: one seed gives one forecaster, bit for bit; another gives another', async (_name, wanted) => {
    const forecastWith = async (seed: number): Promise<Float32Array> => {
      const seeded = { ...wanted, training: { ...wanted.training, seed } }
      const forecaster = await gradientTrainer(engine, seeded).fit(data, SETTINGS)
      const forecast = await forecaster.forecast(new Float32Array(24).fill(0.5), 1)
      await forecaster.release?.()
      return forecast
    }
    const first = await forecastWith(1)
    expect(await forecastWith(1)).toEqual(first)
    expect(await forecastWith(2)).not.toEqual(first)
  })

  test('a forecast of another length of input is a bug', async () => {
    const forecaster = await gradientTrainer(engine, options({ epochsMax: 1 })).fit(data, SETTINGS)
    await expect(forecaster.forecast(new Float32Array(23), 1)).rejects.toThrow('inputs of 1 windows: 23')
    await forecaster.release?.()
  })
})

test('windows by row: what is seen, then what followed', () => {
  const values = Float64Array.from({ length: 40 }, (_, i) => i)
  const parts = { train: { from: 0, to: 20 }, validation: { from: 20, to: 30 }, test: { from: 30, to: 40 } }
  const source = seriesBatches({ channels: 1, values, parts }, 'validation', { lookBack: 3, horizon: 2 })
  expect(source.rows).toBe(9)
  const { x, target } = source.feeds(Int32Array.of(0, 8))
  expect([x!.dims, Array.from(x!.data)]).toEqual([
    [2, 3, 1],
    [17, 18, 19, 25, 26, 27],
  ])
  expect([target!.dims, Array.from(target!.data)]).toEqual([
    [2, 2, 1],
    [20, 21, 28, 29],
  ])
})
