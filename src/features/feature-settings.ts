import type { InstrumentSymbol } from '../core/instrument.ts'
import type { EventBarSpec } from '../market/bar-spec.ts'
import type { TradingSession } from './calendar/trading-session.ts'

/** One family of features over its periods, timeframes and instruments. Which keys a family knows: `featureFamilies`. */
export interface IndicatorSettings {
  /** Name of the family, e.g. `rsi`. */
  readonly name: string
  /** Spans, bars of the timeframe; one column each. */
  readonly periods?: readonly number[] | undefined
  /** Half-lives of a decaying sum, milliseconds; one column each. */
  readonly halfLivesMs?: readonly number[] | undefined
  /** E.g. `1m`. Absent: those of the section. A timeframe as long as a bar is the bar itself. */
  readonly timeframes?: readonly string[] | undefined
  /** Instruments whose values are columns too. Absent: those of the section. */
  readonly peers?: readonly InstrumentSymbol[] | undefined
  /** Book levels. */
  readonly levels?: number | undefined
  /** Weight of each level, best first. Absent: equal ones. */
  readonly weights?: readonly number[] | undefined
  /** Truncation level of a path signature, 1 to 3. */
  readonly level?: number | undefined
  /** Bars of the faster average; the period is the slower one. */
  readonly fast?: number | undefined
  /** Bars of the signal line. */
  readonly signal?: number | undefined
  /** Bars of the moving averages that smooth. */
  readonly smoothing?: number | undefined
  /** Width of a band, standard deviations. */
  readonly deviations?: number | undefined
  /** Bars that the other instrument is ahead. */
  readonly lags?: readonly number[] | undefined
  /** Volume of one bucket, quote currency. */
  readonly bucketQuote?: number | undefined
}

/** Of the close, UTC. The time of day is among the columns of every schema. */
export interface CalendarSettings {
  readonly dayOfWeek?: boolean | undefined
  readonly dayOfMonth?: boolean | undefined
  /** Month of the year. */
  readonly month?: boolean | undefined
  readonly sessions?: readonly TradingSession[] | undefined
  /** Public holidays of countries, ISO 3166 codes, e.g. `US`. */
  readonly holidays?: readonly string[] | undefined
}

export const EXTERNAL_TRANSFORMS = ['level', 'log', 'change'] as const

export interface ExternalSettings {
  readonly series: string
  /** Age of the source's time stamp at the close past which the value is missing, milliseconds. */
  readonly staleMsMax: number
  /** `level`: as it is; `log`: its natural logarithm; `change`: less the observation before it. */
  readonly transform: (typeof EXTERNAL_TRANSFORMS)[number]
  /** Stands for a missing value. Absent: a row without the value is not ready. */
  readonly missingValue?: number | undefined
}

/**
 * `reset`: a tainted or missing bar ends every run. `carry`: up to `barsMax` such bars in a row are replaced by bars that repeat the last
 * price without flow; one more ends the run.
 */
export type MissingSettings =
  | { readonly rule: 'reset'; readonly mask?: boolean | undefined }
  | { readonly rule: 'carry'; readonly barsMax: number; readonly mask?: boolean | undefined }

export const RESET: MissingSettings = { rule: 'reset' }

export interface FeatureSettings {
  /** Length of a bar, milliseconds; of event bars the length that one is expected to have. */
  readonly barMs: number
  /** `candles`: the bars have open, high, low, close and volume alone, so no column reads the book or who was the aggressor. */
  readonly barsFrom?: 'candles' | undefined
  /** Bars that events close instead of the clock. */
  readonly eventBars?: EventBarSpec | undefined
  /** Bars over which flow is summed, beside the one-bar figures. */
  readonly flowPeriods: readonly number[]
  /** Bars per log-return. */
  readonly returnPeriods: readonly number[]
  /** Bars per realised volatility. */
  readonly volatilityPeriods: readonly number[]
  /** Bars of the mean volume. */
  readonly volumePeriod: number
  /** For the indicators that name none; absent: the bar's own. */
  readonly timeframes?: readonly string[] | undefined
  /** Other instruments whose indicators are columns too; absent: none. */
  readonly peers?: readonly InstrumentSymbol[] | undefined
  readonly indicators?: readonly IndicatorSettings[] | undefined
  readonly calendar?: CalendarSettings | undefined
  readonly externals?: readonly ExternalSettings[] | undefined
  readonly missing?: MissingSettings | undefined
}
