import type { Dataset, Split } from '../dataset.ts'
import type { BaselineFit } from './baseline-fit.ts'
import { meanOf } from './empirical-law.ts'
import { ewmaVariances, RISK_METRICS_DECAY } from './ewma-variance.ts'
import { fromKnownOutcomes } from './known-outcomes.ts'
import { volatilityBaseline } from './volatility-baseline.ts'

/** Below this share of the unconditional volatility lies nothing but a market that stood still. */
const FLOOR = 0.05

/**
 * EWMA of realised variance over the horizon, one decay per horizon: outcomes of neighbouring rows overlap, so each row decays by its root.
 */
export function fitEwma(dataset: Dataset, split: Split, thresholdBps: number): BaselineFit {
  const variance = meanOf(Float64Array.from(split.train, (row) => dataset.variancesBps2[row]!))
  const decay = RISK_METRICS_DECAY ** (1 / dataset.shape.horizonBars)
  const floor = FLOOR * Math.sqrt(variance)
  const volatilities = (data: Dataset): Float64Array =>
    fromKnownOutcomes(data, data.variancesBps2, Math.sqrt(variance), (variances) =>
      ewmaVariances(variances, decay, variance).map((each) => Math.max(floor, Math.sqrt(each))),
    )
  return volatilityBaseline('ewma', volatilities, dataset, split, thresholdBps)
}
