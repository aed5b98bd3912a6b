import type { InstrumentSymbol } from '../core/instrument.ts'
import type { EpochMs } from '../core/units.ts'

/** Book levels per side that a bar captures. */
export const BOOK_LEVELS = 10

/** Of these, how many the figures over several levels cover (`bidDepthLevelsMean`). */
export const LEVELS = 5

/** What a bar takes over from mark-price events: the last known value of each, NaN before the first. */
export interface MarkState {
  /** Quote currency. */
  readonly markPrice: number
  readonly indexPrice: number
  /** Fraction per interval. */
  readonly fundingRate: number
  /** Milliseconds since the epoch. */
  readonly nextFundingAt: number
  /** Base (linear) or contracts (inverse). */
  readonly openInterest: number
}

/** Last value of a series from outside the exchange. */
export interface ExternalValue {
  readonly value: number
  /** The source's own time stamp, milliseconds since the epoch. */
  readonly observedAt: number
}

/**
 * One closed bar. Time bars hold the events with an exchange time in `[startAt, endAt)`; event bars hold what came in one run, see
 * `event-bars.ts`. Prices in quote currency, sizes in lots × lot size (base on linear contracts, contracts on inverse ones): floats,
 * for features and people; orders never use them.
 */
export interface Bar extends MarkState {
  readonly symbol: InstrumentSymbol
  readonly startAt: EpochMs
  readonly endAt: EpochMs
  /** Without a trade in the bar: the last price before it (all four equal). */
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly tradeCount: number
  readonly buyCount: number
  readonly sellCount: number
  readonly buyVolume: number
  readonly sellVolume: number
  /** Σ price × size, quote currency; on inverse contracts Σ contracts × contract size. */
  readonly quoteVolume: number
  /** Forced orders by side: `Sell` closes longs. */
  readonly liquidationBuyVolume: number
  readonly liquidationSellVolume: number
  /** Σ e_n per level, best first, [BOOK_LEVELS]: Cont, Kukanov, Stoikov 2014 §2 at level 1, Xu et al. 2019 below. Base units. */
  readonly ofi: readonly number[]
  /** How long a valid book stood in the bar, milliseconds: what the time-weighted means are over. */
  readonly weighedMs: number
  /** Time-weighted mean of (ask − bid), ticks. */
  readonly spreadTicksMean: number
  /** Time-weighted mean size at the best bid and ask, and over `LEVELS` levels, base units. */
  readonly bidDepthMean: number
  readonly askDepthMean: number
  readonly bidDepthLevelsMean: number
  readonly askDepthLevelsMean: number
  /** Time-weighted mean size of each level, best first, [BOOK_LEVELS], base units; a level that is not there counts as 0. */
  readonly bidDepths: readonly number[]
  readonly askDepths: readonly number[]
  /**
   * The book at the close. Ticks are of the instrument and may have a fraction (see `Levels`), so an order's price is rounded from them;
   * `NaN` in floats where the book is void.
   */
  readonly bidTicks: number
  readonly askTicks: number
  readonly bidSize: number
  readonly askSize: number
  /** Levels at the close, best first, [BOOK_LEVELS]. A level that is not there: `NaN` ticks, size 0. Void book: all `NaN`. */
  readonly bidPriceTicks: readonly number[]
  readonly askPriceTicks: readonly number[]
  readonly bidSizes: readonly number[]
  readonly askSizes: readonly number[]
  /** Values from outside the exchange as they stood when the bar closed, by series; absent while none has come. */
  readonly externals?: Readonly<Record<string, ExternalValue>>
  /** Signature of the bar's path, see `signature-path.ts`; only where it was asked for. */
  readonly signature?: Float64Array
  /** Why the model must abstain on this bar; empty for a clean bar. */
  readonly taints: readonly Taint[]
  readonly bookUpdateCount: number
}

/** `gap`: data were lost inside; `unsynced`: no valid book at the close; `partial`: the feed began inside. */
export type Taint = 'gap' | 'unsynced' | 'partial'
