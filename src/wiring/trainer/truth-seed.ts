import type { TrainConfig } from '../config/schema.ts'
import { tradeRows } from '../evaluation/trade-rows.ts'
import { recipeOf } from './recipe.ts'
import { recipeDataset } from './recipe-dataset.ts'
import type { Candidate } from './train-candidate.ts'
import { marketRows, openCandidate, type TruthMarket, type TruthParts, termsOf, trainedOn } from './truth-market.ts'

/** A market that nothing was learnt from begins so far from the seed of the one that was. */
const FRESH_SEED_OFFSET = 1_000_000

/** What became of one simulated market. */
export interface TruthOutcome {
  readonly seed: number
  readonly alpha: number
  readonly promoted: boolean
  readonly summary: string
  /** On a market of another seed, after costs; null: it was not promoted. */
  readonly freshReturn: number | null
  /** R² of the mean there; null: it was not promoted. */
  readonly freshRSquared: number | null
}

/** Trains on one simulated market as the sidecar would with no champion; what passes the gate trades another market of the same kind. */
export async function truthSeed(config: TrainConfig, market: TruthMarket, parts: TruthParts): Promise<TruthOutcome> {
  const { alpha, seed } = market
  const candidate = await trainedOn(config, await marketRows(config, market, parts.schema), alpha, parts)
  const { verdict } = candidate
  const promoted = verdict.outcome === 'pass'
  const fresh = promoted
    ? await onFreshMarket(config, candidate, { ...market, seed: seed + FRESH_SEED_OFFSET }, parts)
    : undefined
  return {
    ...{ seed, alpha, promoted, summary: verdict.summary },
    freshReturn: fresh?.totalReturn ?? null,
    freshRSquared: fresh?.rSquared ?? null,
  }
}

async function onFreshMarket(
  config: TrainConfig,
  candidate: Candidate,
  market: TruthMarket,
  parts: TruthParts,
): Promise<{ readonly totalReturn: number; readonly rSquared: number }> {
  const recipe = recipeOf(config.trainer)
  const tables = await marketRows(config, market, parts.schema)
  const data = recipeDataset(recipe, parts.schema, tables)
  const champion = await openCandidate(candidate, parts)
  try {
    const outputs = await champion.forecast(data)
    const { thresholdBps } = champion.manifest.calibration
    const { series, endAt } = data
    const forecasts = { outputs, series, endAt, horizonBars: recipe.horizonBars, thresholdBps }
    const { record, pnl } = await tradeRows(tables, forecasts, termsOf(config, market.alpha))
    const errors = data.targetsBps.reduce((sum, actual, row) => sum + (actual - outputs.mean[row]!) ** 2, 0)
    const total = data.targetsBps.reduce((sum, actual) => sum + actual ** 2, 0)
    return {
      totalReturn: pnl.reduce((sum, one) => sum + one, 0) / record.startingBalance,
      rSquared: 1 - errors / total,
    }
  } finally {
    await champion.release()
  }
}
