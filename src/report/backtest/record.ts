import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs, Side } from '../../core/units.ts'

/** One round trip: from flat (or a reversal) to flat (or a reversal). Money in the settle currency. */
export interface RoundTrip {
  readonly symbol: InstrumentSymbol
  /** Of the entry. */
  readonly side: Side
  readonly openedAt: EpochMs
  readonly closedAt: EpochMs
  /** Largest size held, lots. */
  readonly lotsMax: number
  /** Volume-weighted, quote currency. */
  readonly entryPrice: number
  readonly exitPrice: number
  /** Before fees and funding. */
  readonly grossPnl: number
  /** ≥ 0 unless rebates. */
  readonly fees: number
  /** Received > 0, paid < 0. */
  readonly funding: number
  /** What the fills cost against the mid (or close) that the decisions saw: ≥ 0 is a loss. Part of `grossPnl` already. */
  readonly slippage: number
  /** grossPnl − fees + funding. */
  readonly netPnl: number
  /** Value of `lotsMax` at entry, settle currency. */
  readonly entryValue: number
  /** Largest adverse and favourable excursion of the gross profit while open, settle currency, ≥ 0 each, at bar resolution. */
  readonly mae: number
  readonly mfe: number
  readonly bars: number
  /** Of the model that decided the entry; empty when unknown. */
  readonly modelId: string
  /** Why it ended: the policy's reason, `stop`, `liquidation`, `end` (still open, valued at the last mid). */
  readonly exitReason: string
}

/** What one model said, and what came: for calibration. Basis points. */
export interface ForecastOutcome {
  readonly symbol: InstrumentSymbol
  /** End of the bar it was made at. */
  readonly at: EpochMs
  readonly modelId: string
  readonly meanBps: number
  readonly levels: readonly number[]
  readonly quantilesBps: readonly number[]
  /** P(down), P(flat), P(up). */
  readonly classes: readonly [number, number, number]
  readonly volatilityBps: number
  /** Forward log-return over the horizon. */
  readonly realisedBps: number
  /** Bounds of the flat class. */
  readonly thresholdBps: number
}

/** Columns of equal length, one entry for each moment at which bars closed. */
export interface EquityCurve {
  readonly at: Float64Array
  /** Wallet and unrealised profit at mid, settle currency. */
  readonly equity: Float64Array
  /** Gross exposure, settle currency. */
  readonly exposure: Float64Array
}

/** Closes of one instrument, for the picture and for buy-and-hold. */
export interface PriceCurve {
  readonly symbol: InstrumentSymbol
  readonly at: Float64Array
  readonly close: Float64Array
}

/** All that a backtest leaves behind, from which metrics and report are computed. Pure data. */
export interface BacktestRecord {
  readonly currency: string
  readonly startingBalance: number
  readonly barMs: number
  /** That the forecasts look ahead; of several models the longest. */
  readonly horizonBars: number
  readonly startAt: EpochMs
  readonly endAt: EpochMs
  readonly equity: EquityCurve
  readonly prices: readonly PriceCurve[]
  readonly trips: readonly RoundTrip[]
  readonly costs: CostBreakdown
  /** At most 20,000, evenly thinned. */
  readonly forecasts: readonly ForecastOutcome[]
  readonly liquidations: number
}

/** Settle currency; all but funding ≥ 0 unless rebates. */
export interface CostBreakdown {
  readonly makerFees: number
  readonly takerFees: number
  readonly liquidationFees: number
  /** Received > 0. */
  readonly funding: number
  readonly slippage: number
  /** Σ value of all fills. */
  readonly turnover: number
}
