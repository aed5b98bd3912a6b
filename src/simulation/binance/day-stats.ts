import { eightDecimals } from './decimal-text.ts'
import { lastPrice, type MarketState } from './market-state.ts'

const DAY_MINUTES = 1_440
const DAY_MS = DAY_MINUTES * 60_000

/** Rolling 24 hours on the minute grid, as text, in Binance's units. */
export interface DayStats {
  readonly open: string
  readonly high: string
  readonly low: string
  readonly last: string
  readonly lastQuantity: string
  readonly change: string
  readonly changePercent: string
  readonly weighted: string
  readonly volume: string
  readonly quoteVolume: string
  readonly openTime: number
  readonly closeTime: number
  readonly firstId: number
  readonly lastId: number
  readonly count: number
}

export function dayStats(state: MarketState, now: number): DayStats {
  const { listing } = state
  const candles = state.series.get('1m')!.candles.slice(-DAY_MINUTES)
  const last = lastPrice(state)
  const open = candles[0]?.open ?? last
  let [high, low, volume, quote, count] = [last, last, 0, 0n, 0]
  for (const candle of candles) {
    high = Math.max(high, candle.high)
    low = Math.min(low, candle.low)
    volume += candle.volume
    quote += candle.quote
    count += candle.tradeCount
  }
  const traded = candles.filter((candle) => candle.tradeCount > 0)
  return {
    open: listing.priceText(open),
    high: listing.priceText(high),
    low: listing.priceText(low),
    last: listing.priceText(last),
    lastQuantity: listing.quantityText(state.trades.at(-1)?.size ?? 0),
    change: listing.priceText(last - open),
    changePercent: (open > 0 ? ((last - open) / open) * 100 : 0).toFixed(3),
    weighted: eightDecimals(volume > 0 ? (Number(quote) / volume) * listing.convert.tickSize : 0),
    volume: listing.quantityText(volume),
    quoteVolume: listing.quoteText(quote),
    openTime: Math.floor(now) - DAY_MS,
    closeTime: Math.floor(now),
    firstId: traded[0]?.firstTradeId ?? 0,
    lastId: traded.at(-1)?.lastTradeId ?? 0,
    count,
  }
}
