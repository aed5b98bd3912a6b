import type { Converter } from '../../core/instrument.ts'
import { epochMs } from '../../core/units.ts'
import type { Bar, Taint } from '../bar.ts'
import type { Candle } from './candle.ts'
import { UNKNOWN_LEVELS } from './candle-frame.ts'

const BPS = 10_000

const NO_TAINT: readonly Taint[] = []
const FILLED: readonly Taint[] = ['gap']

export interface CandleBarSettings {
  readonly converter: Converter
  readonly barMs: number
  /** Assumed half of the bid-ask spread, basis points of the close; at least half a tick. */
  readonly halfSpreadBps: number
}

/** What is known at the close beside the candle. */
export interface CandleContext {
  /** Quote currency. */
  readonly markPrice: number
  /** Of the last payment, fraction per interval; `NaN` before the first. */
  readonly fundingRate: number
  /** A filled gap: the model abstains, as on any tainted bar. */
  readonly isFilled: boolean
}

/**
 * A bar as the pipeline closes it, from a candle: best quotes stand half an assumed spread around the close; volume whose aggressor is
 * not known counts half to each side; depth and order flow are `NaN`, and no feature of `barsFrom: candles` reads them.
 */
export function candleBar(
  candle: Candle,
  { converter, barMs, halfSpreadBps }: CandleBarSettings,
  known: CandleContext,
): Bar {
  const { startAt, open, high, low, close, volume, takerBuyVolume, tradeCount } = candle
  const buyVolume = Number.isNaN(takerBuyVolume) ? volume / 2 : takerBuyVolume
  const midTicks = close / converter.tickSize
  const halfTicks = Math.max(0.5, (midTicks * halfSpreadBps) / BPS)
  const trades = Number.isNaN(tradeCount) ? 0 : tradeCount
  return {
    symbol: converter.instrument.symbol,
    startAt,
    endAt: epochMs(startAt + barMs),
    open,
    high,
    low,
    close,
    tradeCount: trades,
    buyCount: 0,
    sellCount: 0,
    buyVolume,
    sellVolume: volume - buyVolume,
    quoteVolume: candle.quoteVolume,
    liquidationBuyVolume: Number.NaN,
    liquidationSellVolume: Number.NaN,
    ofi: UNKNOWN_LEVELS,
    weighedMs: barMs,
    spreadTicksMean: 2 * halfTicks,
    bidDepthMean: Number.NaN,
    askDepthMean: Number.NaN,
    bidDepthLevelsMean: Number.NaN,
    askDepthLevelsMean: Number.NaN,
    bidDepths: UNKNOWN_LEVELS,
    askDepths: UNKNOWN_LEVELS,
    bidTicks: midTicks - halfTicks,
    askTicks: midTicks + halfTicks,
    bidSize: Number.NaN,
    askSize: Number.NaN,
    bidPriceTicks: UNKNOWN_LEVELS,
    askPriceTicks: UNKNOWN_LEVELS,
    bidSizes: UNKNOWN_LEVELS,
    askSizes: UNKNOWN_LEVELS,
    markPrice: known.markPrice,
    indexPrice: Number.NaN,
    fundingRate: known.fundingRate,
    nextFundingAt: Number.NaN,
    openInterest: Number.NaN,
    taints: known.isFilled ? FILLED : NO_TAINT,
    bookUpdateCount: 0,
  }
}
