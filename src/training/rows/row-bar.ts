import { epochMs } from '../../core/units.ts'
import { type Bar, BOOK_LEVELS, type Taint } from '../../market/bar.ts'
import type { RowTable } from './row-table.ts'

/** What rows do not keep. */
const UNKNOWN: readonly number[] = new Array<number>(BOOK_LEVELS).fill(Number.NaN)
const CLEAN: readonly Taint[] = []
const TAINTED: readonly Taint[] = ['gap']

/** The bar of row `row`, as far as the table keeps it; depth, order flow and counts are `NaN`. */
export function rowBar(table: RowTable, row: number): Bar {
  const volume = table.volume[row]!
  return {
    symbol: table.symbol,
    startAt: epochMs(table.startAt[row]!),
    endAt: epochMs(table.endAt[row]!),
    open: table.open[row]!,
    high: table.high[row]!,
    low: table.low[row]!,
    close: table.close[row]!,
    tradeCount: 0,
    buyCount: 0,
    sellCount: 0,
    buyVolume: volume / 2,
    sellVolume: volume / 2,
    quoteVolume: volume * table.close[row]!,
    liquidationBuyVolume: Number.NaN,
    liquidationSellVolume: Number.NaN,
    ofi: UNKNOWN,
    weighedMs: table.barMs,
    spreadTicksMean: Number.NaN,
    bidDepthMean: Number.NaN,
    askDepthMean: Number.NaN,
    bidDepthLevelsMean: Number.NaN,
    askDepthLevelsMean: Number.NaN,
    bidDepths: UNKNOWN,
    askDepths: UNKNOWN,
    bidTicks: table.bidTicks[row]!,
    askTicks: table.askTicks[row]!,
    bidSize: Number.NaN,
    askSize: Number.NaN,
    bidPriceTicks: UNKNOWN,
    askPriceTicks: UNKNOWN,
    bidSizes: UNKNOWN,
    askSizes: UNKNOWN,
    markPrice: table.markPrice[row]!,
    indexPrice: Number.NaN,
    fundingRate: table.fundingRate[row]!,
    nextFundingAt: table.nextFundingAt[row]!,
    openInterest: Number.NaN,
    taints: table.tainted[row] === 1 ? TAINTED : CLEAN,
    bookUpdateCount: 0,
  }
}
