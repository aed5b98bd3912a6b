import { type Dataset, subsetOf } from '../../training/dataset.ts'
import { evaluateForecasts, type ForecastEvaluation } from '../../training/evaluation/evaluate-forecasts.ts'
import type { OutOfSample } from '../../training/evaluation/out-of-sample.ts'
import type { TrialMetrics } from '../../training/search/objective.ts'
import { sharpeOf } from '../../training/search/trial-returns.ts'
import type { TrainConfig } from '../config/schema.ts'
import { type RowTrading, tradeRows } from '../evaluation/trade-rows.ts'
import { tradingTerms } from '../evaluation/trading-terms.ts'
import { sidesOf, turnedBySides } from '../evaluation/turned-by-sides.ts'
import type { Recipe } from './recipe.ts'
import { tradingOf } from './report-data.ts'
import { returnsOf } from './train-candidate.ts'
import type { TrainingRows } from './training-rows.ts'

/** One whole record out of sample, scored and traded. */
export interface EvaluatedPath {
  readonly record: OutOfSample
  /** The rows of the record. */
  readonly test: Dataset
  /** The model first, then the baselines. */
  readonly scores: readonly ForecastEvaluation[]
  readonly trading: RowTrading
}

/** Of meta-labels, the side is followed that the model's forecasts are about. */
export async function evaluatedPath(
  config: TrainConfig,
  rows: TrainingRows,
  { horizonBars, labels }: Recipe,
  data: Dataset,
  record: OutOfSample,
): Promise<EvaluatedPath> {
  const test = subsetOf(data, record.rows)
  const reference = record.forecasts[1]!.outputs.mean
  const scores = record.forecasts.map(({ name, outputs }) =>
    evaluateForecasts(name, outputs, test, record.thresholdsBps, reference),
  )
  const { outputs: said } = record.forecasts[0]!
  const outputs = labels.kind === 'meta' ? turnedBySides(said, sidesOf(test, labels.sideFeature!)) : said
  const { series, endAt } = test
  const forecasts = { outputs, series, endAt, horizonBars, thresholdBps: record.thresholdsBps[0]! }
  return { record, test, scores, trading: await tradeRows(rows.tables, forecasts, tradingTerms(config, rows)) }
}

/** By name; null: too few data. */
export function metricsOf({ scores, trading }: Pick<EvaluatedPath, 'scores' | 'trading'>): TrialMetrics {
  const own = scores[0]!
  const best = Math.min(...scores.slice(1).map(({ crpsBps }) => crpsBps))
  const { crpsBps, maeBps, mseBps2, rSquared, directionalAccuracy, pinballBps, logLoss, brier, qlike, calibration } =
    own
  const known = 'notEnough' in calibration ? undefined : calibration
  return {
    ...{ crpsBps, maeBps, mseBps2, rSquared, directionalAccuracy, pinballBps, logLoss, brier, qlike },
    crpsSkill: 1 - crpsBps / best,
    classError: known?.classes.expectedError ?? null,
    coverageError: known ? Math.max(...known.levels.map(({ level, coverage }) => Math.abs(coverage - level))) : null,
    ...tradingOf(trading),
    sharpePerBar: sharpeOf(returnsOf(trading)),
  }
}

/** Mean of each metric; null where one of them had too few data. */
export function meanMetrics(all: readonly TrialMetrics[]): TrialMetrics {
  const mean = (name: string): number | null =>
    all.reduce<number | null>((sum, one) => {
      const value = one[name] ?? null
      return sum === null || value === null ? null : sum + value / all.length
    }, 0)
  return Object.fromEntries(Object.keys(all[0]!).map((name) => [name, mean(name)]))
}

/** By the Sharpe ratio per bar, the lower of two in the middle: neither luck nor bad luck of one path is the record. */
export function middleOf(paths: readonly EvaluatedPath[]): EvaluatedPath {
  const sharpe = ({ trading }: EvaluatedPath): number => sharpeOf(returnsOf(trading)) ?? 0
  const sorted = [...paths].sort((a, b) => sharpe(a) - sharpe(b))
  return sorted[Math.floor((sorted.length - 1) / 2)]!
}
