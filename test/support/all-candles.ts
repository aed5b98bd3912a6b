import type { Candle, Candles } from '../../src/market/candles/candle.ts'

export const allCandles = (candles: Candles): readonly Candle[] =>
  Array.from({ length: candles.length }, (_, index) => candles.at(index)!)
