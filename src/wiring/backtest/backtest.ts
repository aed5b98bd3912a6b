import type { EpochMs } from '../../core/units.ts'
import type { FeatureWindow } from '../../features/feature-row.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import type { AheadForecaster } from '../../inference/forecaster.ts'
import type { CandleSeries } from '../../market/candles/candle.ts'
import type { BacktestRecord } from '../../report/backtest/record.ts'
import type { Latches } from '../../risk/latches.ts'
import type { DecisionRecord } from '../../trading/journal-records.ts'
import type { BacktestConfig } from '../config/schema.ts'
import type { ModelFamily } from '../models/model-families.ts'
import type { FeatureThread } from './window-thread.ts'

/** Which model decides when: one for all bars, or walk-forward. */
export interface BacktestModels {
  /** Rows that every model of the run looks back on at most, and bars that it forecasts. */
  readonly steps: number
  readonly horizonBars: number
  /** Bounds of a model's flat class, basis points. */
  thresholdBps(modelId: string): number
  /** The run begins at `startAt`. */
  begin(startAt: EpochMs): void
  /** Whether another model decides from the bar on that begins at `startAt`. */
  isDue(startAt: EpochMs): boolean
  /** The model that exists at `at`, made of what had been remembered by then. */
  next(at: EpochMs): Promise<AheadForecaster>
  /** The windows of a moment, in the order of time; absent: no model is made of them. */
  remember?(windows: readonly FeatureWindow[]): void
  /** The last of them; nothing is asked for afterwards. */
  release(): Promise<void>
}

/** Models and the instruments whose bars they decide. */
export interface FamilyModels extends Pick<ModelFamily, 'group' | 'symbols'> {
  readonly models: BacktestModels
}

/** What a run is given besides its configuration. */
export interface BacktestParts {
  readonly config: BacktestConfig
  readonly schema: FeatureSchema
  /** One per symbol of the configuration, in its order, of one timeframe, over the same moments. */
  readonly series: readonly CandleSeries[]
  /** Each symbol is in one. Released with the run. */
  readonly families: readonly FamilyModels[]
  readonly monotonicMs: () => number
  /** Computes the features, which are the same; absent: this thread does. Closed with the run. */
  readonly featureThread?: FeatureThread | undefined
  /** 0 to 1, now and then. */
  readonly onProgress?: (share: number) => void
  /** Every decision, in order. */
  readonly onDecision?: (record: DecisionRecord) => void
  readonly isStopped?: () => boolean
}

export interface BacktestOutcome {
  readonly record: BacktestRecord
  readonly bars: number
  readonly decisions: number
  readonly orders: number
  readonly fills: number
  /** SHA-256 over every decision, fill and payment, hex: equal for equal runs. Of one that was stopped it says nothing. */
  readonly runHash: string
  /** In the order of their use. */
  readonly modelIds: readonly string[]
  readonly retrainings: number
  /** Halts of the risk rules that were set: no entries since. */
  readonly latches: Latches
  /** Making models left out, as is reading files. */
  readonly barsPerSecond: number
  readonly seconds: number
}
