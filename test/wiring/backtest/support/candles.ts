import { normal, seededRandom } from '../../../../src/core/random.ts'
import { epochMs } from '../../../../src/core/units.ts'
import type { Candle, CandleSeries } from '../../../../src/market/candles/candle.ts'

export const START_AT = Date.UTC(2024, 0, 1)
export const MINUTE_MS = 60_000

export interface MadeCandles {
  readonly seed: number
  readonly count: number
  readonly barMs?: number
  readonly symbol?: string
  /** How much of a return the one before foretells, −1 to 1. */
  readonly carry?: number
  /** Of one candle's return, basis points. */
  readonly volatilityBps?: number
}

/** Its candles are an array. */
export interface MadeSeries extends CandleSeries {
  readonly candles: readonly Candle[]
}

/** Candles of a random walk whose returns carry on, or turn round, by `carry`. */
export function madeCandles({
  seed,
  count,
  barMs = MINUTE_MS,
  symbol = 'BTC/USDT:USDT',
  carry = 0,
  volatilityBps = 10,
}: MadeCandles): MadeSeries {
  const random = seededRandom(seed)
  let close = 50_000
  let last = 0
  const candles = Array.from({ length: count }, (_, at): Candle => {
    const open = close
    last = carry * last + (volatilityBps / 1e4) * Math.sqrt(1 - carry ** 2) * normal(random)
    close = Math.round(open * Math.exp(last) * 10) / 10
    const spread = (Math.abs(normal(random)) * volatilityBps) / 2e4
    return {
      startAt: epochMs(START_AT + at * barMs),
      open,
      high: Math.round(Math.max(open, close) * (1 + spread) * 10) / 10,
      low: Math.round(Math.min(open, close) * (1 - spread) * 10) / 10,
      close,
      volume: 50 + 100 * random(),
      quoteVolume: Number.NaN,
      tradeCount: Number.NaN,
      takerBuyVolume: Number.NaN,
    }
  })
  return {
    symbol,
    barMs,
    candles,
    funding: [],
    dataHash: `made ${seed}`,
    repairs: { gapsFilled: 0, duplicatesDropped: 0, unsortedReordered: 0, nonFiniteDropped: 0 },
  }
}
