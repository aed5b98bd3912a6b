import type { ForecasterOutputs } from '../../model/forecaster-outputs.ts'
import { LEVELS } from '../../model/forecaster-outputs.ts'
import { ridgeForecast } from '../../model/ridge-forecast.ts'
import type { Dataset, Split } from '../dataset.ts'
import { fitRidge, hasRowsForRidge } from '../fit-ridge.ts'
import { forecastWindows } from '../forecast-dataset.ts'
import type { BaselineFit } from './baseline-fit.ts'
import type { EmpiricalLaw } from './empirical-law.ts'
import { empiricalLaw, meanOf } from './empirical-law.ts'
import { fitClasses } from './fit-classes.ts'
import { fitEwma } from './fit-ewma.ts'
import { fitHarVolatility } from './fit-har-volatility.ts'
import { windowSummary } from './window-summary.ts'

/**
 * Every baseline, fitted on the training rows, by their weights where it is linear, and calibrated on the validation rows. `thresholdBps`: a return within ± this counts as
 * flat, as for the model they are compared with. `withLogistic`: that one takes a hundred times as long as all others together where rows
 * are many. Where there are too few validation rows for a ridge it is left out. Deterministic.
 */
export function fitBaselines(
  dataset: Dataset,
  split: Split,
  thresholdBps: number,
  withLogistic = true,
): readonly BaselineFit[] {
  const targets = Float64Array.from(split.train, (row) => dataset.targetsBps[row]!)
  const mirrored = Float64Array.from([...targets, ...targets.map((target) => -target)])
  const volatilityBps = Math.sqrt(meanOf(Float64Array.from(split.train, (row) => dataset.variancesBps2[row]!)))
  const summary = windowSummary(dataset)
  const constant = constantBaseline('unconditional', empiricalLaw(targets), volatilityBps, thresholdBps)
  return [
    constant,
    constantBaseline('zero-return', empiricalLaw(mirrored), volatilityBps, thresholdBps),
    fitEwma(dataset, split, thresholdBps),
    fitHarVolatility(dataset, split, thresholdBps),
    ...(hasRowsForRidge(summary, split) ? [fitLinear(summary, split, thresholdBps)] : []),
    ...(withLogistic ? [fitClasses(summary, split, thresholdBps, constant)] : []),
  ]
}

/**
 * One law for every row. `unconditional`: that of the training returns. `zero-return`, the price's persistence: the same made symmetric
 * about 0, so that neither side is favoured.
 */
function constantBaseline(name: string, law: EmpiricalLaw, volatilityBps: number, thresholdBps: number): BaselineFit {
  const quantiles = law.quantiles(LEVELS)
  const shares = law.classShares(thresholdBps)
  return {
    name,
    forecast: ({ rows }) => ({
      mean: new Float32Array(rows).fill(law.mean),
      volatility: new Float32Array(rows).fill(volatilityBps),
      quantiles: Float32Array.from({ length: rows * LEVELS.length }, (_, i) => quantiles[i % LEVELS.length]!),
      classes: Float32Array.from({ length: rows * shares.length }, (_, i) => shares[i % shares.length]!),
    }),
  }
}

/** Ridge for mean and log-volatility on the window's `summary`. */
function fitLinear(summary: Dataset, split: Split, thresholdBps: number): BaselineFit {
  const model = { ...fitRidge(summary, split).model, thresholdBps }
  const forecast = (windows: Float32Array, rows: number): ForecasterOutputs => ridgeForecast(model, windows, rows)
  return { name: 'ridge', forecast: (data) => forecastWindows(forecast, windowSummary(data).inputs) }
}
