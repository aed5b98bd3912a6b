import { expect, test } from 'vitest'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { architectureOf } from '../../../src/model/architectures/registry.ts'
import type { Dataset } from '../../../src/training/dataset.ts'
import { splitByTime } from '../../../src/training/dataset.ts'
import { fitBundle } from '../../../src/training/fit-bundle.ts'
import type { CheckpointStore } from '../../../src/training/network/checkpoint.ts'
import { networkFitter } from '../../../src/training/network/fit-network-forecaster.ts'
import { trainingOptionsSchema } from '../../../src/training/network/training-options.ts'
import { denseDataset } from '../dense-dataset.ts'
import { engine } from './tiny-training.ts'

const SHAPE = { featureNames: ['edge', 'loudness'], steps: 3, barMs: 1_000, horizonBars: 2 }
const EPOCHS = 5

function sample(seed: number, rows: number): Dataset {
  const random = seededRandom(seed)
  const inputs = Float32Array.from({ length: rows * 6 }, () => normal(random))
  return denseDataset({
    ...{ shape: SHAPE, inputs },
    targetsBps: Float64Array.from({ length: rows }, (_, row) => inputs[row * 6 + 4]! + normal(random)),
    variancesBps2: Float64Array.from({ length: rows }, () => 0.5 + random()),
  })
}

const lstm = architectureOf('lstm')
const settings = {
  architecture: { architecture: lstm, options: lstm.options.parse({ hidden: 4, dropout: 0.2 }) },
  heads: {
    quantiles: { share: 1 },
    classes: { share: 0.3, weights: 'balanced' as const },
    volatility: { share: 0.3 },
    mean: { share: 0.3, loss: { kind: 'mse' as const } },
  },
  training: trainingOptionsSchema.parse({ batchSize: 64, epochsMax: EPOCHS, learningRate: 0.02 }),
}
const data = sample(1, 400)
const evaluationData = sample(2, 200)

/** In memory; dies when the epoch `diesAfter` has been saved. */
function store(bytes?: Uint8Array, diesAfter = Number.POSITIVE_INFINITY) {
  const kept = { bytes, saves: 0 }
  const checkpoint: CheckpointStore = {
    load: async () => kept.bytes,
    async save(next) {
      kept.bytes = next.slice()
      kept.saves += 1
      if (kept.saves === diesAfter) throw new Error('killed')
    },
  }
  return { kept, checkpoint }
}

const bundle = (checkpoint?: CheckpointStore) =>
  fitBundle({
    ...{ family: 'demo', fitData: data, evaluationData, split: splitByTime(data, 0.25) },
    ...{ schemaHash: 'abc', seeds: [], evaluationSeeds: [], withLogistic: false },
    ...{ createdAt: '2026-01-01T00:00:00.000Z', source: 'a test', window: 'simulated' as const },
    fit: networkFitter({ settings, engine, servingEngine: engine, checkpoint }),
  })

test.each([1, 3, EPOCHS])(
  'killed after epoch %i and gone on, a training makes the same model, bit for bit',
  async (epoch) => {
    const whole = await bundle()
    const killed = store(undefined, epoch)
    await expect(bundle(killed.checkpoint)).rejects.toThrow('killed')
    const resumed = store(killed.kept.bytes)
    const made = await bundle(resumed.checkpoint)
    expect(resumed.kept.saves).toBe(EPOCHS - epoch)
    expect(made.version).toBe(whole.version)
    expect([...made.files.keys()]).toEqual([...whole.files.keys()])
    for (const [name, bytes] of whole.files) expect(Buffer.compare(bytes, made.files.get(name)!), name).toBe(0)
  },
)

test('a damaged checkpoint counts as none', async () => {
  const damaged = store(Uint8Array.of(1, 2, 3))
  expect((await bundle(damaged.checkpoint)).version).toBe((await bundle()).version)
  expect(damaged.kept.saves).toBe(EPOCHS)
})
