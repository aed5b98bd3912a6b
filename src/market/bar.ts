import type { InstrumentSymbol } from '../core/instrument.ts'
import type { EpochMs } from '../core/units.ts'

/** Number of book levels that the per-level figures of a bar cover. */
export const LEVELS = 5

/**
 * One closed bar over `[startAt, endAt)`, exchange clock. Prices in quote currency, sizes in lots × lot size
 * (base on linear contracts): floats, for features and people; orders never use them.
 */
export interface Bar {
  readonly symbol: InstrumentSymbol
  readonly startAt: EpochMs
  readonly endAt: EpochMs
  /** Without a trade in the bar: the last price before it (all four equal). */
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly tradeCount: number
  readonly buyVolume: number
  readonly sellVolume: number
  /** Σ e_n per level, best first (length `LEVELS`): Cont, Kukanov, Stoikov 2014 §2 at level 1, Xu et al. 2019 below. Base units. */
  readonly ofi: readonly number[]
  /** Time-weighted mean of (ask − bid), ticks. */
  readonly spreadTicksMean: number
  /** Time-weighted mean size at the best bid and ask, and over `LEVELS` levels, base units. */
  readonly bidDepthMean: number
  readonly askDepthMean: number
  readonly bidDepthLevelsMean: number
  readonly askDepthLevelsMean: number
  /** The book at the close. Ticks are of the instrument; `NaN` in floats where the book is void. */
  readonly bidTicks: number
  readonly askTicks: number
  readonly bidSize: number
  readonly askSize: number
  /** Mark price and funding last seen, `NaN` before the first. */
  readonly markPrice: number
  readonly fundingRate: number
  /** Why the model must abstain on this bar; empty for a clean bar. */
  readonly taints: readonly Taint[]
  readonly bookUpdateCount: number
}

/** `gap`: data were lost inside; `unsynced`: no valid book at the close; `partial`: the feed began inside. */
export type Taint = 'gap' | 'unsynced' | 'partial'
