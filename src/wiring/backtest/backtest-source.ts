import type { RunData } from '../../report/backtest/about.ts'
import type { BacktestOutcome } from './backtest.ts'
import type { CheckOptions, LookaheadReport } from './compare-prefixes.ts'
import type { TrainedModel } from './load-models.ts'

/** What a run is watched by. */
export interface RunWatch {
  /** 0 to 1, now and then. */
  readonly onProgress: (share: number) => void
  readonly isStopped: () => boolean
}

/** A run, and what it was made of. */
export interface SourcedRun {
  readonly source: 'bars' | 'tape'
  readonly outcome: BacktestOutcome
  readonly data: readonly RunData[]
  /** In the order of their use. */
  readonly models: readonly TrainedModel[]
  /** Of the first instrument, for buying and holding: fraction of the value. */
  readonly takerFeeRate: number
  /** Further figures of this source, for the summary. */
  readonly also: Readonly<Record<string, number>>
}

export interface SourceCheck extends LookaheadReport {
  /** Models in use whose training reaches into what they decide. */
  readonly modelsThatSawTheFuture: readonly string[]
}

/** Where the data of backtests come from: files of candles, or tapes. */
export interface BacktestSource {
  run(watch: RunWatch): Promise<SourcedRun>
  checkLookahead(options: CheckOptions): Promise<SourceCheck>
  /** Nothing is run afterwards. */
  close(): Promise<void>
}
