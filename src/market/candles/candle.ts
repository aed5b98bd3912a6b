import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs } from '../../core/units.ts'

/** One OHLCV bar of a file, `[startAt, startAt + barMs)`. Prices in quote currency, sizes in base (linear) or contracts (inverse). */
export interface Candle {
  readonly startAt: EpochMs
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  /** Quote currency; `NaN` where the file has none, as all figures below. */
  readonly quoteVolume: number
  readonly tradeCount: number
  /** Volume of the buying aggressors. */
  readonly takerBuyVolume: number
}

/** Candles in the order of time: an array, or what takes less room. */
export interface Candles {
  readonly length: number
  /** As of an array: −1 is the last. */
  at(index: number): Candle | undefined
  slice(from: number, until: number): Candles
}

/** A funding payment: longs pay shorts `rate` of their value at a positive rate. */
export interface FundingPayment {
  readonly at: EpochMs
  readonly rate: number
}

/** Checked candles of one instrument, ascending, gap-free as far as the configuration did not permit otherwise. */
export interface CandleSeries {
  readonly symbol: InstrumentSymbol
  readonly barMs: number
  readonly candles: Candles
  /** Ascending; empty where no file was named. */
  readonly funding: readonly FundingPayment[]
  /**
   * Mark prices at the ends of the candles, index by index; absent where no file was named: the close stands for the mark. It also does
   * between the marks of a coarser file, and in their gaps where these were filled.
   */
  readonly markCloses?: Float64Array
  /** SHA-256 over the SHA-256 of every file read (candles, funding, marks), hex. */
  readonly dataHash: string
  /** What was put right because the configuration asked for it; nothing is repaired otherwise. */
  readonly repairs: CandleRepairs
  /** Indices of the candles that stand in a gap, ascending; absent where there are none. Bars that hold one are tainted. */
  readonly filled?: Int32Array
}

/** How often each was done, over all files read. */
export interface CandleRepairs {
  /**
   * Missing candles filled with a flat one of zero volume (`filled`), marks that the close stands for, and days without a funding payment.
   */
  readonly gapsFilled: number
  readonly duplicatesDropped: number
  readonly unsortedReordered: number
  readonly nonFiniteDropped: number
}
