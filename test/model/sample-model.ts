import { normal, seededRandom } from '../../src/core/random.ts'
import type { BundleExtras, BundleFiles, RunningSchema } from '../../src/model/bundle/bundle.ts'
import { packBundle } from '../../src/model/bundle/bundle.ts'
import type { ManifestDraft } from '../../src/model/bundle/manifest.ts'
import { LEVELS } from '../../src/model/forecaster-outputs.ts'
import { ridgeForecast } from '../../src/model/ridge-forecast.ts'
import type { RidgeForecaster } from '../../src/model/ridge-forecaster.ts'
import { ridgeForecasterGraph } from '../../src/model/ridge-forecaster.ts'

export const FEATURE_NAMES = ['ofi', 'spread', 'logReturn'] as const
export const SCHEMA: RunningSchema = { names: FEATURE_NAMES, schemaHash: 'abcdef0123456789', barMs: 1_000 }

const draws = (random: () => number, count: number, size: number): Float32Array =>
  Float32Array.from({ length: count }, () => size * normal(random))

/** A model with random weights of sensible size. */
export function sampleModel(seed = 1, steps = 4, features: number = FEATURE_NAMES.length): RidgeForecaster {
  const random = seededRandom(seed)
  return {
    steps,
    features,
    centre: draws(random, features, 1),
    scale: draws(random, features, 1).map((value) => Math.abs(value) + 0.1),
    clip: 8,
    mean: { weights: draws(random, steps * features, 0.3), bias: 0.05 },
    logVolatility: { weights: draws(random, steps * features, 0.1), bias: 0.4, min: -2, max: 4 },
    residualQuantiles: [-1.7, -0.65, 0.01, 0.66, 1.65],
    thresholdBps: 0.7,
    classScale: 0.6,
  }
}

export function sampleInput(model: RidgeForecaster, batch: number, seed = 2): Float32Array {
  return draws(seededRandom(seed), batch * model.steps * model.features, 1)
}

export function sampleDraft(model: RidgeForecaster): ManifestDraft {
  const width = model.steps * model.features
  const input = sampleInput(model, 2)
  const outputs = ridgeForecast(model, input, 2)
  const rows = (values: Float32Array): number[][] => {
    const half = values.length / 2
    return [[...values.subarray(0, half)], [...values.subarray(half)]]
  }
  return {
    family: 'demo',
    version: 'sample-1',
    createdAt: '2026-01-02T03:04:05.000Z',
    opset: 17,
    features: { names: [...FEATURE_NAMES], schemaHash: SCHEMA.schemaHash },
    barMs: 1_000,
    steps: model.steps,
    horizonBars: 5,
    architecture: { name: 'ridge-forecaster', parameters: { clip: 8 } },
    fit: {
      source: 'random weights',
      seeds: [1],
      evaluationSeeds: [2],
      trainRows: 1,
      validationRows: 1,
      evaluationRows: 1,
      trials: 1,
    },
    metrics: { rSquared: 0 },
    calibration: {
      levels: [...LEVELS],
      residualQuantiles: [...model.residualQuantiles],
      classScale: model.classScale,
      thresholdBps: model.thresholdBps,
    },
    limits: { meanAbsMaxBps: 1_000, volatilityMaxBps: 1_000 },
    golden: {
      inputs: [[...input.subarray(0, width)], [...input.subarray(width)]],
      outputs: {
        mean: rows(outputs.mean),
        volatility: rows(outputs.volatility),
        quantiles: rows(outputs.quantiles),
        classes: rows(outputs.classes),
      },
      tolerance: { cpu: 1e-5, other: 1e-3 },
    },
  }
}

/** A whole bundle in memory. `change` edits the draft before it is sealed; `graph` replaces the model's file. */
export function sampleBundle(
  change: (draft: ManifestDraft) => ManifestDraft = (draft) => draft,
  graph: Uint8Array = ridgeForecasterGraph(sampleModel()),
  extras: BundleExtras = {},
): BundleFiles {
  return { folder: 'models/demo/sample-1', files: packBundle(change(sampleDraft(sampleModel())), graph, extras) }
}
