import type { Converter } from '../../core/instrument.ts'
import type { EpochMs } from '../../core/units.ts'

/** What a decision needs to know of one instrument's market now; an `InstrumentPipeline` is one. */
export interface MarketView {
  readonly converter: Converter
  /** The quotes below are whole. */
  readonly synced: boolean
  readonly book: { readonly bidTicks: number; readonly askTicks: number }
  /** Quote currency; NaN while there is none. */
  readonly mid: number
  readonly markPrice: number
  /** When the quotes were received. */
  readonly lastBookAt: EpochMs
}
