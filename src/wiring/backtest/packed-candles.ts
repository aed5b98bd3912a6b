import { epochMs } from '../../core/units.ts'
import type { Candle } from '../../market/candles/candle.ts'

/** Candles in memory that threads share, [candles, 9] row-major, in the order of the fields of `Candle`. */
export type PackedCandles = Float64Array<SharedArrayBuffer>

const WIDTH = 9

export function packCandles(candles: readonly Candle[]): PackedCandles {
  const bytes = candles.length * WIDTH * Float64Array.BYTES_PER_ELEMENT
  const packed = new Float64Array(new SharedArrayBuffer(bytes))
  for (let index = 0; index < candles.length; index += 1) {
    const { startAt, open, high, low, close, volume, quoteVolume, tradeCount, takerBuyVolume } = candles[index]!
    const from = index * WIDTH
    packed[from] = startAt
    packed[from + 1] = open
    packed[from + 2] = high
    packed[from + 3] = low
    packed[from + 4] = close
    packed[from + 5] = volume
    packed[from + 6] = quoteVolume
    packed[from + 7] = tradeCount
    packed[from + 8] = takerBuyVolume
  }
  return packed
}

export function candleAt(packed: PackedCandles, index: number): Candle {
  const from = index * WIDTH
  return {
    startAt: epochMs(packed[from]!),
    open: packed[from + 1]!,
    high: packed[from + 2]!,
    low: packed[from + 3]!,
    close: packed[from + 4]!,
    volume: packed[from + 5]!,
    quoteVolume: packed[from + 6]!,
    tradeCount: packed[from + 7]!,
    takerBuyVolume: packed[from + 8]!,
  }
}
