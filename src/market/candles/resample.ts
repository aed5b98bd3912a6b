import { InputError } from '../../core/errors.ts'
import type { EpochMs } from '../../core/units.ts'
import type { Candle, CandleSeries, Candles } from './candle.ts'
import { packCandles } from './packed-candles.ts'

/**
 * Candles of a higher timeframe, aligned to multiples of it in UTC. Candles at the ends that are not whole are left out. Throws `InputError`
 * when `barMs` is no multiple of the series' or no candle is whole. `series` is gap-free.
 */
export function resample(series: CandleSeries, barMs: number): CandleSeries {
  const rule = `${series.symbol}: candles of ${series.barMs} ms cannot make candles of ${barMs} ms`
  const size = barMs / series.barMs
  if (!Number.isSafeInteger(size) || size < 1) throw new InputError(`${rule}: no whole multiple`, { barMs })
  if (size === 1) return series
  const { candles, markCloses, filled } = series
  const first = firstWhole(candles, barMs)
  const count = first < 0 ? 0 : Math.floor((candles.length - first) / size)
  if (count === 0) throw new InputError(`${rule}: there are too few of them`, { barMs })
  const indices = Array.from({ length: count }, (_, n) => first + n * size)
  const isFilled = new Set(filled)
  const filledNow = indices.flatMap((at, n) => (anyIn(isFilled, at, size) ? [n] : []))
  return {
    ...series,
    barMs,
    candles: packCandles(count, (n) => merged(candles, indices[n]!, size)),
    ...(markCloses && { markCloses: Float64Array.from(indices, (at) => markCloses[at + size - 1]!) }),
    ...(filled && { filled: Int32Array.from(filledNow) }),
  }
}

/** Index of the first candle that begins a longer one, or −1. */
function firstWhole(candles: Candles, barMs: number): number {
  for (let at = 0; at < candles.length; at += 1) if (candles.at(at)!.startAt % barMs === 0) return at
  return -1
}

function anyIn(indices: ReadonlySet<number>, from: number, count: number): boolean {
  for (let at = from; at < from + count; at += 1) if (indices.has(at)) return true
  return false
}

/** Figures that one of the candles lacks are NaN. */
function merged(candles: Candles, from: number, size: number): Candle {
  const sum = { high: 0, low: Number.POSITIVE_INFINITY, volume: 0, quoteVolume: 0, tradeCount: 0, takerBuyVolume: 0 }
  for (let at = from; at < from + size; at += 1) {
    const candle = candles.at(at)!
    sum.high = Math.max(sum.high, candle.high)
    sum.low = Math.min(sum.low, candle.low)
    sum.volume += candle.volume
    sum.quoteVolume += candle.quoteVolume
    sum.tradeCount += candle.tradeCount
    sum.takerBuyVolume += candle.takerBuyVolume
  }
  const { startAt, open }: { startAt: EpochMs; open: number } = candles.at(from)!
  return { startAt, open, ...sum, close: candles.at(from + size - 1)!.close }
}
