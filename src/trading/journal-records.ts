import type { InstrumentSymbol } from '../core/instrument.ts'
import type { Fill, OrderIntent, OrderState } from '../core/order.ts'
import type { EpochMs, Lots } from '../core/units.ts'
import type { Forecast, NoForecast } from '../inference/forecast.ts'
import type { Target } from '../policy/decision.ts'

/** OHLCV of the bar that was decided on, quote currency and base units; a float that was `NaN` is read back as null. */
export interface BarSummary {
  readonly open: number | null
  readonly high: number | null
  readonly low: number | null
  readonly close: number | null
  readonly buyVolume: number
  readonly sellVolume: number
  readonly tradeCount: number
  /** Order-flow imbalance at the best level, base units. */
  readonly ofi: number | null
  readonly taints: readonly string[]
}

/** What risk said. `none`: there was nothing to approve. */
export type VerdictRecord =
  | { readonly kind: 'none' }
  | { readonly kind: 'approved' }
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string }

/** Milliseconds per hop; null when the hop did not happen. The last three are filled in by the trader. */
export interface LatencyRecord {
  readonly featureMs: number | null
  readonly forecastMs: number | null
  readonly decideMs: number | null
  /** Durable commit of decision and intent. */
  readonly commitMs: number | null
  /** From the event that closed the bar to the order handed to the socket. */
  readonly closeToSendMs: number | null
  /** From the order handed to the socket to the venue's answer; null while there is none, or when it was lost. */
  readonly sendToAnswerMs: number | null
}

/** Exactly one per instrument and closed bar: what was known, said and done. */
export interface DecisionRecord {
  readonly decisionId: string
  readonly symbol: InstrumentSymbol
  readonly barStartAt: EpochMs
  readonly barEndAt: EpochMs
  readonly bar: BarSummary
  /** Top of the book at the close: ticks and base units, null when the book was void. */
  readonly bidTicks: number | null
  readonly askTicks: number | null
  readonly bidSize: number | null
  readonly askSize: number | null
  readonly featureSchemaHash: string
  /** Hash of the window that the model saw; null when there was none (warm-up), and where nobody keeps the record (`hashesWindows`). */
  readonly featureHash: string | null
  /** Null when the model was not asked. */
  readonly forecast: Forecast | NoForecast | null
  readonly modelId: string | null
  readonly provider: string | null
  readonly target: Target
  readonly verdict: VerdictRecord
  /** Of the order made from it; null when none was. */
  readonly clientId: string | null
  readonly latency: LatencyRecord
  /** Signed lots before the decision. */
  readonly positionLots: number
  /** Settle currency, decimal string. */
  readonly equity: string
}

/** `own`: from an intent of this ledger; `external`: by hand, by another program, or forced by the venue. */
export type Origin = 'own' | 'external'

/** An order as the ledger knows it. */
export interface OrderRecord extends Omit<OrderIntent, 'decisionId' | 'price'> {
  readonly origin: Origin
  /** Null for an external order. */
  readonly decisionId: string | null
  /** 0 for an external market order. */
  readonly price: number
  readonly state: OrderState
  /** Null until the venue told it. */
  readonly venueId: string | null
  /** What the venue says is filled, or the sum of the fills applied where that is more. */
  readonly filledLots: number
  /** Σ lots of the fills applied. */
  readonly appliedLots: number
  /** Venue clock of the newest report; 0 before the first. */
  readonly updatedAt: EpochMs
  /** Why it was rejected, is unknown, …; empty otherwise. */
  readonly detail: string
}

/** `opening`: older than the ledger, kept to know it again, not part of the position. */
export type FillOrigin = Origin | 'opening'

export interface FillRecord extends Fill {
  readonly origin: FillOrigin
}

/** Own position, from the opening position and every fill applied since. */
export interface PositionRecord {
  readonly symbol: InstrumentSymbol
  /** Signed. */
  readonly lots: Lots
  /** Mean entry price in ticks, decimal string, `0` when flat. */
  readonly entryTicks: string
  /** Position found when the ledger first met the account: lots = openingLots + Σ signed fills. */
  readonly openingLots: Lots
  /** Fills before this time (venue clock) are no part of the ledger. */
  readonly openedAt: EpochMs
  /** Settle currency, decimal strings, since the ledger began. */
  readonly realised: string
  readonly fees: string
  readonly updatedAt: EpochMs
}

/** Wallet of one currency; decimal strings. wallet = start + realised − fees + cash. */
export interface BalanceRecord {
  readonly currency: string
  readonly start: string
  readonly realised: string
  readonly fees: string
  readonly cash: string
  readonly wallet: string
  /** The venue's own figure, last seen. */
  readonly venueWallet: string
  readonly updatedAt: EpochMs
}

/** A wallet change that no fill explains. `amount`: signed decimal string. Unique by its fields. */
export interface CashRecord {
  readonly currency: string
  readonly amount: string
  /** The venue's word (e.g. `FUNDING_FEE`), or `unexplained` for a difference found by reconciliation. */
  readonly reason: string
  readonly at: EpochMs
  /** Whose funding or liquidation fee it is, where the venue said so. Told on, not kept. */
  readonly symbol?: InstrumentSymbol
}

/** A halt that survives restarts until a person clears it. */
export interface LatchRecord {
  /** E.g. `kill`, `daily-loss`, `knight`. */
  readonly name: string
  readonly reason: string
  readonly at: EpochMs
}
