import { describe, expect, test } from 'vitest'
import { InvariantError } from '../../../src/core/errors.ts'
import { normal, seededRandom } from '../../../src/core/random.ts'
import { architectureOf } from '../../../src/model/architectures/registry.ts'
import { checkBundle } from '../../../src/model/bundle/bundle.ts'
import { decodeOptimizerState } from '../../../src/model/bundle/optimizer-state.ts'
import type { Dataset } from '../../../src/training/dataset.ts'
import { splitByTime } from '../../../src/training/dataset.ts'
import { fitBundle } from '../../../src/training/fit-bundle.ts'
import { continuationOf } from '../../../src/training/network/continuation.ts'
import { networkFitter } from '../../../src/training/network/fit-network-forecaster.ts'
import type { NetworkSettings } from '../../../src/training/network/network-settings.ts'
import type { EpochReport } from '../../../src/training/network/train-network.ts'
import { trainingOptionsSchema } from '../../../src/training/network/training-options.ts'
import { warmStartOf } from '../../../src/training/network/warm-start.ts'
import { denseDataset } from '../dense-dataset.ts'
import { engine } from './tiny-training.ts'

const SHAPE = { featureNames: ['edge', 'other'], steps: 2, barMs: 1_000, horizonBars: 1 }

/** Return = `scale` × (the newest edge + noise); features lie around `centre`. */
function planted(seed: number, rows: number, scale: number, centre: number): Dataset {
  const random = seededRandom(seed)
  const edges = Float32Array.from({ length: rows * 4 }, () => normal(random))
  return denseDataset({
    shape: SHAPE,
    inputs: edges.map((edge) => centre + scale * edge),
    targetsBps: Float64Array.from({ length: rows }, (_, row) => scale * (0.9 * edges[row * 4 + 2]! + normal(random))),
    variancesBps2: new Float64Array(rows).fill(scale ** 2),
  })
}

const lstm = architectureOf('lstm')
const settingsOf = (training: object = {}, hidden = 6): NetworkSettings => ({
  architecture: { architecture: lstm, options: lstm.options.parse({ hidden }) },
  heads: { quantiles: { share: 1 } },
  training: trainingOptionsSchema.parse({
    ...{ epochsMax: 6, learningRate: 0.02, schedule: { kind: 'constant' } },
    ...training,
  }),
})
const NOW = { steps: 2, barMs: 1_000, horizonBars: 1, schemaHash: 'synthetic' }

const before = planted(1, 1_200, 1, 0)
/** Of another time: a market half as loud again, whose features lie elsewhere. */
const later = planted(2, 1_200, 1.5, 0.3)
const split = splitByTime(later, 0.25)

const parent = await (async () => {
  const fit = networkFitter({ settings: settingsOf(), engine, servingEngine: engine })
  const { version, files } = await fitBundle({
    ...{
      family: 'demo',
      schemaHash: 'synthetic',
      split: splitByTime(before, 0.25),
      createdAt: '2026-01-02T03:04:05.000Z',
    },
    ...{ source: 'synthetic', window: 'simulated' as const, seeds: [1], evaluationSeeds: [2] },
    ...{ fitData: before, evaluationData: planted(3, 300, 1, 0), fit },
  })
  const { manifest } = checkBundle({ folder: `models/demo/${version}`, files })
  return { version, manifest, state: decodeOptimizerState(files.get('optimizer.bin')!, 'optimizer.bin') }
})()
const warm = warmStartOf(parent.manifest, parent.state, settingsOf({ learningRate: 1e-3 }), NOW)

/** Validation losses of the epochs on the later data, basis points. */
async function lossesOf(settings: NetworkSettings, more: object = {}) {
  const reports: EpochReport[] = []
  const onEpoch = (report: EpochReport): void => void reports.push(report)
  const fitted = await networkFitter({ settings, engine, servingEngine: engine, onEpoch, ...more })(later, split)
  await fitted.release!()
  const { scaleBps } = decodeOptimizerState(fitted.optimizer!, 'optimizer.bin').counters
  return { fitted, losses: reports.map(({ validationLoss }) => validationLoss * scaleBps!) }
}

describe('a warm start on other data', () => {
  test("begins at the parent's loss, not at that of fresh weights, and gets better", async () => {
    // At a rate of next to nothing the first epoch says what the parent's weights and scales say of the later rows.
    const asParent = (await lossesOf(settingsOf({ epochsMax: 1, learningRate: 1e-9 }), { warmStart: warm })).losses[0]!
    const fresh = (await lossesOf(settingsOf({ epochsMax: 1, learningRate: 1e-9 }))).losses[0]!
    const { losses } = await lossesOf(settingsOf({ learningRate: 3e-3 }), { warmStart: warm })
    expect(asParent).toBeLessThan(0.85 * fresh)
    expect(losses[0]).toBeLessThan(asParent * 1.05)
    expect(Math.min(...losses)).toBeLessThan(asParent)
  })

  test("keeps the parent's scales: under new ones its weights are another model", async () => {
    const settings = settingsOf({ epochsMax: 1, learningRate: 1e-9 })
    const kept = (await lossesOf(settings, { warmStart: warm })).fitted
    expect(kept.calibration.thresholdBps).toBe(parent.manifest.calibration.thresholdBps)
    expect(kept.parent).toBe(parent.version)
    expect(kept.deviationBps / parent.state.counters['scaleBps']!).toBeCloseTo(1.45, 1)
    const own = decodeOptimizerState((await lossesOf(settingsOf({ epochsMax: 1 }))).fitted.optimizer!, 'optimizer.bin')
    expect(own.counters['scaleBps']).toBeCloseTo(kept.deviationBps, 9)
    expect(own.vectors['scalerCentre']).not.toEqual(warm.scales.scaler.centre)
    // Generations later the scales are still those of the first.
    const { counters, vectors } = decodeOptimizerState(kept.optimizer!, 'optimizer.bin')
    expect(counters['scaleBps']).toBe(parent.state.counters['scaleBps'])
    expect(vectors['scalerScale']).toEqual(warm.scales.scaler.scale)
  })

  test('optimiser, schedule and epochs begin afresh', async () => {
    const { fitted } = await lossesOf(settingsOf({ epochsMax: 2 }), { warmStart: warm })
    const { step, counters } = decodeOptimizerState(fitted.optimizer!, 'optimizer.bin')
    expect(counters['epoch']).toBe(2)
    expect(step).toBe(2 * Math.ceil(split.train.length / 64))
    expect(fitted.training!.losses.train).toHaveLength(2)
  })
})

describe('what is no warm start', () => {
  test('another network, other features; other training is', () => {
    const of = (settings: NetworkSettings, shape = NOW) => warmStartOf(parent.manifest, parent.state, settings, shape)
    expect(() => of(settingsOf({ learningRate: 0.5, batchSize: 8 }))).not.toThrow()
    expect(() => of(settingsOf({}, 7))).toThrow(/warm start: architecture was .*: fit afresh/)
    expect(() => of(settingsOf(), { ...NOW, schemaHash: 'other' })).toThrow(/warm start: schemaHash was "other"/)
    const { scaleBps: _, ...counters } = parent.state.counters
    const old = { ...parent.state, counters }
    expect(() => warmStartOf(parent.manifest, old, settingsOf(), NOW)).toThrow(/without scales; it must hold them/)
  })

  test('nor both a warm start and a continuation', () => {
    const from = continuationOf(parent.manifest, parent.state, settingsOf(), NOW)
    const settings = settingsOf()
    expect(() => networkFitter({ settings, engine, servingEngine: engine, from, warmStart: warm })).toThrow(
      InvariantError,
    )
  })
})
