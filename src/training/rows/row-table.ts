import type { InstrumentSymbol } from '../../core/instrument.ts'

/**
 * Feature rows of one instrument with the bars that they were computed from, oldest first; columns of equal length. The rows are those
 * of the live feature engine; windows are cut from them when somebody asks, so that months fit into memory.
 */
export interface RowTable {
  readonly symbol: InstrumentSymbol
  readonly featureNames: readonly string[]
  readonly schemaHash: string
  readonly barMs: number
  readonly rows: number
  /** Of the bar, milliseconds since the epoch; a bar may be missing between two rows. */
  readonly startAt: Float64Array
  readonly endAt: Float64Array
  /** [rows, features], row-major, as the engine gave them. */
  readonly values: Float32Array
  /** 1: every input of the row had warmed up. */
  readonly ready: Uint8Array
  /** 1: data were lost in the bar, the book was void or the feed began inside. */
  readonly tainted: Uint8Array
  /** Quote currency. */
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  /** Traded in the bar, base (linear) or contracts (inverse). */
  readonly volume: Float64Array
  /** Best quotes at the close, ticks; NaN while the book is void. */
  readonly bidTicks: Float64Array
  readonly askTicks: Float64Array
  /** As last known at the close; NaN before the first. Rate: fraction per interval. Time: milliseconds since the epoch. */
  readonly markPrice: Float64Array
  readonly fundingRate: Float64Array
  readonly nextFundingAt: Float64Array
}
