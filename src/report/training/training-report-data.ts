import type { ForecastCalibration } from '../metrics/calibration.ts'
import type { NotEnough } from '../metrics/metric.ts'

/** A span of rows, milliseconds since the epoch. */
export interface ReportSpan {
  readonly name: 'train' | 'validation' | 'calibration' | 'test'
  readonly from: number
  readonly to: number
  readonly rows: number
}

/** One condition of the gate, as it stands in the manifest. */
export interface ReportCheck {
  readonly name: string
  readonly outcome: 'pass' | 'fail' | 'not enough data'
  readonly value?: number | undefined
  readonly rule: 'at least' | 'at most'
  readonly threshold: number
  readonly sentence: string
}

/** What one forecaster scored on the test rows. Losses in basis points, lower is better; null: too few data. */
export interface ReportScores {
  /** The model, the champion, or a baseline. */
  readonly name: string
  readonly crpsBps: number
  readonly maeBps: number
  /** Square basis points. */
  readonly mseBps2: number
  readonly rSquared: number
  /** 0 to 1. */
  readonly directionalAccuracy: number
  readonly pinballBps: number
  readonly brier: number
  /** Expected calibration error of the classes, 0 to 1. */
  readonly classError: number | null
  /** Null: it was not traded. */
  readonly trading: ReportTrading | null
}

/** Of trading in the simulated venue, after costs; fractions are of 1; null: not enough data. */
export interface ReportTrading {
  readonly totalReturn: number | null
  readonly sharpe: number | null
  readonly sortino: number | null
  readonly maxDrawdown: number | null
  readonly profitFactor: number | null
  readonly winRate: number | null
  readonly turnover: number
  readonly trades: number
  readonly fees: number
}

/** The page draws the flat line itself, at the first equity of the first curve, unless a curve is named `flat`. */
export interface ReportEquity {
  readonly name: string
  /** Milliseconds since the epoch, ascending, and settle currency; of one length. */
  readonly at: readonly number[]
  readonly equity: readonly number[]
}

/** A trial of a search, or a training, for the scatter. */
export interface ReportTrial {
  readonly number: number
  readonly state: 'complete' | 'pruned' | 'failed' | 'infeasible'
  /** Objective, greater is better; null unless complete. */
  readonly value: number | null
  /** By path. */
  readonly params: Readonly<Record<string, string | number | boolean>>
}

/** All that the page of a training, an evaluation or a promotion shows. What is absent is left out of the page. */
export interface TrainingReportData {
  readonly kind: 'training' | 'evaluation' | 'promotion' | 'search'
  /** `family/version`, or the name of a study. */
  readonly title: string
  /** ISO 8601, UTC. */
  readonly madeAt: string
  /** In words: why it was made, the verdict. */
  readonly because: string
  readonly verdict?: {
    readonly outcome: 'pass' | 'fail' | 'not enough data'
    readonly summary: string
    readonly checks: readonly ReportCheck[]
  }
  /** What was trained: names and values. */
  readonly settings: readonly (readonly [name: string, value: string])[]
  readonly spans?: readonly ReportSpan[]
  /** Mean loss of each epoch, and the one that was kept, from 1. */
  readonly losses?: {
    readonly train: readonly number[]
    readonly validation: readonly number[]
    readonly bestEpoch: number
  }
  /** The model first, the champion, the baselines. */
  readonly scores: readonly ReportScores[]
  /** Settle currency of `equity`. */
  readonly currency: string
  readonly equity: readonly ReportEquity[]
  /** Of the model on the test rows. */
  readonly calibration?: ForecastCalibration | NotEnough
  /** Most important first: mean rise of the CRPS when the column is shuffled, and its deviation, basis points. */
  readonly importance?: readonly { readonly feature: string; readonly riseBps: number; readonly deviationBps: number }[]
  readonly trials?: readonly ReportTrial[]
  /** Sentences that belong to it: deflated Sharpe, probability of overfitting, what was left out. */
  readonly notes: readonly string[]
}
