import type { ForecasterOutputs } from '../../model/forecaster-outputs.ts'
import { backtestMetrics } from '../../report/metrics/backtest-metrics.ts'
import type { Metric } from '../../report/metrics/metric.ts'
import type {
  ReportEquity,
  ReportScores,
  ReportSpan,
  ReportTrading,
  TrainingReportData,
} from '../../report/training/training-report-data.ts'
import type { Dataset } from '../../training/dataset.ts'
import { evaluateForecasts, type ForecastEvaluation } from '../../training/evaluation/evaluate-forecasts.ts'
import type { FeatureImportance } from '../../training/evaluation/permutation-importance.ts'
import type { RowTrading } from '../evaluation/trade-rows.ts'
import type { Recipe } from './recipe.ts'
import type { CandidateFindings } from './train-candidate.ts'

/** Bootstrap samples behind metrics that the page does not show: as few as it takes. */
const RESAMPLES = 100

/** What the page of a training shows. */
export function reportData(found: CandidateFindings, version: string, about: ReportAbout): TrainingReportData {
  const { recipe, cut, data, test, assessed, trading, champion, verdict, trials } = found
  const { fitted, outputs, baselines } = assessed
  const thresholds = new Float64Array(test.rows).fill(fitted.calibration.thresholdBps)
  const reference = baselines[0]!.outputs.mean
  const scored = (name: string, said: ForecasterOutputs): ForecastEvaluation =>
    evaluateForecasts(name, said, test, thresholds, reference)
  const own = scored(version, outputs)
  const { training } = fitted
  return {
    kind: 'training',
    title: `${about.family}/${version}`,
    ...{ madeAt: about.madeAt, because: about.because },
    verdict: { outcome: verdict.outcome, summary: verdict.summary, checks: verdict.checks },
    settings: settingRows(recipe),
    spans: (['train', 'validation', 'calibration', 'test'] as const).map((name) => spanOf(name, data, cut[name])),
    ...(training && { losses: { ...training.losses, bestEpoch: training.bestEpoch } }),
    scores: [
      scoresOf(own, tradingOf(trading)),
      ...(champion ? [scoresOf(scored(champion.name, champion.outputs), tradingOf(champion.trading))] : []),
      ...baselines.map((one) => scoresOf(scored(one.name, one.outputs), null)),
    ],
    currency: trading.record.currency,
    equity: [equityOf(version, trading), ...(champion ? [equityOf(champion.name, champion.trading)] : [])],
    calibration: own.calibration,
    ...(about.importance && { importance: about.importance }),
    notes: [
      `${trials.count} models have been tried for this family, this one included; the deflated Sharpe ratio counts them all.`,
      'All scores and the equity are of the test rows, which neither the fit nor its choices nor the calibration have seen.',
    ],
  }
}

/** What the findings do not know. */
export interface ReportAbout {
  readonly family: string
  readonly because: string
  /** ISO 8601, UTC. */
  readonly madeAt: string
  readonly importance?: readonly FeatureImportance[] | undefined
}

export const settingRows = ({ plain }: Recipe): TrainingReportData['settings'] =>
  Object.entries(plain).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])

function spanOf(name: ReportSpan['name'], { endAt, shape }: Dataset, rows: Int32Array): ReportSpan {
  const from = rows.reduce((least, row) => Math.min(least, endAt[row]!), Number.POSITIVE_INFINITY)
  const to = rows.reduce((most, row) => Math.max(most, endAt[row]!), 0)
  return { name, from: from - shape.barMs, to, rows: rows.length }
}

export function scoresOf(scored: ForecastEvaluation, trading: ReportTrading | null): ReportScores {
  const { name, crpsBps, maeBps, mseBps2, rSquared, directionalAccuracy, pinballBps, brier, calibration } = scored
  const classError = 'notEnough' in calibration ? null : calibration.classes.expectedError
  return { name, crpsBps, maeBps, mseBps2, rSquared, directionalAccuracy, pinballBps, brier, classError, trading }
}

/** `valueOf` a metric, or null. */
const numberIn = (metric: Metric): number | null => ('value' in metric ? metric.value : null)

export function tradingOf({ record }: RowTrading): ReportTrading {
  const { performance, trades, costs } = backtestMetrics(record, { seed: 1, resamples: RESAMPLES, trials: 1 })
  return {
    totalReturn: numberIn(performance.totalReturn),
    sharpe: numberIn(performance.sharpe),
    sortino: numberIn(performance.sortino),
    maxDrawdown: numberIn(performance.maxDrawdown),
    profitFactor: numberIn(trades.profitFactor),
    winRate: numberIn(trades.winRate),
    turnover: costs.turnover,
    trades: trades.count,
    fees: costs.fees,
  }
}

export function equityOf(name: string, { endAt, pnl, record }: RowTrading): ReportEquity {
  let equity = record.startingBalance
  return {
    name,
    at: Array.from(endAt),
    equity: Array.from(pnl, (change) => {
      equity += change
      return equity
    }),
  }
}
