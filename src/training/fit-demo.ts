import { seededRandom } from '../core/random.ts'
import type { EpochMs } from '../core/units.ts'
import { epochMs } from '../core/units.ts'
import type { FeatureSchema } from '../features/feature-schema.ts'
import { SIMULATED_SOURCE } from '../model/bundle/manifest.ts'
import type { MarketSettings } from '../simulation/exchange/exchange-settings.ts'
import type { Dataset } from './dataset.ts'
import { datasetOf, splitByTime } from './dataset.ts'
import type { FittedModel } from './fit-bundle.ts'
import { fitBundle } from './fit-bundle.ts'
import type { FitForecaster } from './fitted-forecaster.ts'
import { simulatedWindows } from './simulated-flow.ts'

/** Of the sample that live rows are held against. */
const REFERENCE_SEED = 1
/** 2025-01-01T00:00:00Z. Runs start all round the clock, so that a time of day is nothing to hold on to. */
const FIRST_AT = 1_735_689_600_000
const DAY_MS = 86_400_000

export interface FitDemoOptions {
  readonly family: string
  readonly schema: FeatureSchema
  /** Simulated instruments; all are pooled. */
  readonly markets: readonly MarketSettings[]
  readonly trainSeeds: readonly number[]
  /** None of `trainSeeds`, nor the demo's. */
  readonly evaluationSeeds: readonly number[]
  readonly barsPerSeed: number
  readonly steps: number
  readonly horizonBars: number
  /** Later share of each training run that chooses penalties and calibrates, 0–1. */
  readonly validationShare: number
  /** ISO 8601, UTC. */
  readonly createdAt: string
  /** Called after each simulated run. */
  readonly onRun?: (seed: number, rows: number) => void
  readonly fit: FitForecaster
}

/** Simulates markets, fits a model on some seeds and measures it on others. Deterministic but for `createdAt`. */
export async function fitDemo(options: FitDemoOptions): Promise<FittedModel> {
  const { schema, markets, trainSeeds, evaluationSeeds, validationShare } = options
  const symbols = markets.map(({ instrument }) => instrument.symbol).join(', ')
  const alphas = [...new Set(markets.map(({ alpha }) => alpha))].join(', ')
  const fitData = simulatedDataset(options, trainSeeds)
  return await fitBundle({
    family: options.family,
    fitData,
    evaluationData: simulatedDataset(options, evaluationSeeds),
    split: splitByTime(fitData, validationShare),
    reference: seededRandom(REFERENCE_SEED),
    schemaHash: schema.hash,
    createdAt: options.createdAt,
    source: `${SIMULATED_SOURCE} of ${symbols}; alpha ${alphas}; ${options.barsPerSeed} bars per seed`,
    window: 'simulated',
    seeds: trainSeeds,
    evaluationSeeds,
    fit: options.fit,
  })
}

function simulatedDataset(options: FitDemoOptions, seeds: readonly number[]): Dataset {
  const { schema, markets, steps, horizonBars, barsPerSeed } = options
  const { barMs } = schema.settings
  const series = seeds.flatMap((seed, i) => {
    const windows = simulatedWindows({
      seed,
      startAt: startOf(i / seeds.length, barMs),
      markets,
      bars: barsPerSeed,
      schema,
      steps,
    })
    options.onRun?.(
      seed,
      windows.reduce((count, { length }) => count + length, 0),
    )
    return windows
  })
  return datasetOf(series, { featureNames: schema.names, steps, barMs, horizonBars })
}

/** The bar that begins `share` (0–1) of a day after the first. */
const startOf = (share: number, barMs: number): EpochMs =>
  epochMs(Math.floor((FIRST_AT + share * DAY_MS) / barMs) * barMs)
