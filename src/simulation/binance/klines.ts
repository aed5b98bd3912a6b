import type { Side } from '../../core/units.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** The epoch was a Thursday; Binance's weeks begin on Monday. */
const WEEK_OFFSET_MS = 4 * DAY_MS

/** Binance USD-M's intervals up to a week. Its `1M` follows the calendar and is not served. */
export const KLINE_INTERVALS: ReadonlyMap<string, number> = new Map([
  ['1m', MINUTE_MS],
  ['3m', 3 * MINUTE_MS],
  ['5m', 5 * MINUTE_MS],
  ['15m', 15 * MINUTE_MS],
  ['30m', 30 * MINUTE_MS],
  ['1h', HOUR_MS],
  ['2h', 2 * HOUR_MS],
  ['4h', 4 * HOUR_MS],
  ['6h', 6 * HOUR_MS],
  ['8h', 8 * HOUR_MS],
  ['12h', 12 * HOUR_MS],
  ['1d', DAY_MS],
  ['3d', 3 * DAY_MS],
  ['1w', 7 * DAY_MS],
])

/** Most candles kept for each interval: what one klines request may ask for. */
export const CANDLES_MAX = 1_500

/** Prices in ticks, volumes in lots, quote volumes in ticks × lots. */
export interface Candle {
  readonly startAt: number
  open: number
  high: number
  low: number
  close: number
  volume: number
  buyVolume: number
  quote: bigint
  buyQuote: bigint
  tradeCount: number
  /** −1 without a trade. */
  firstTradeId: number
  lastTradeId: number
}

export interface CandleSeries {
  readonly intervalMs: number
  /** Oldest first. */
  readonly candles: readonly Candle[]
  trade(at: number, price: number, size: number, side: Side, tradeId: number): void
  /** Closes what has ended by `now`: quiet intervals repeat the last price. */
  advance(now: number): void
}

const empty = (startAt: number, price: number): Candle => ({
  startAt,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 0,
  buyVolume: 0,
  quote: 0n,
  buyQuote: 0n,
  tradeCount: 0,
  firstTradeId: -1,
  lastTradeId: -1,
})

export function candleSeries(intervalMs: number): CandleSeries {
  const candles: Candle[] = []
  const offset = intervalMs === 7 * DAY_MS ? WEEK_OFFSET_MS : 0
  const startOf = (at: number) => Math.floor((at - offset) / intervalMs) * intervalMs + offset
  const push = (candle: Candle) => {
    candles.push(candle)
    if (candles.length > CANDLES_MAX) candles.shift()
  }
  const advance = (now: number) => {
    let last = candles.at(-1)
    if (last === undefined) return
    // After a long sleep older candles would be dropped at once: do not make them.
    let startAt = Math.max(last.startAt + intervalMs, startOf(now) - CANDLES_MAX * intervalMs)
    for (; startAt <= startOf(now); startAt += intervalMs) {
      last = empty(startAt, last.close)
      push(last)
    }
  }
  return {
    intervalMs,
    candles,
    advance,
    trade: (at, price, size, side, tradeId) => {
      advance(at)
      if (candles.length === 0) push(empty(startOf(at), price))
      const candle = candles.at(-1)!
      if (candle.tradeCount === 0) {
        candle.open = candle.high = candle.low = price
        candle.firstTradeId = tradeId
      }
      candle.high = Math.max(candle.high, price)
      candle.low = Math.min(candle.low, price)
      candle.close = price
      candle.volume += size
      candle.quote += BigInt(price) * BigInt(size)
      if (side === 'buy') {
        candle.buyVolume += size
        candle.buyQuote += BigInt(price) * BigInt(size)
      }
      candle.tradeCount += 1
      candle.lastTradeId = tradeId
    },
  }
}
