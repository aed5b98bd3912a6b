import type { EpochMs } from '../../src/core/units.ts'
import { type Bar, BOOK_LEVELS } from '../../src/market/bar.ts'

const levels = (of: (level: number) => number): readonly number[] =>
  Array.from({ length: BOOK_LEVELS }, (_, level) => of(level))

/** A clean one-second bar of BTCUSDT that ends at `nth` seconds; mid 100.05 unless told otherwise. */
export const barOf = (nth: number, changes: Partial<Bar> = {}): Bar => ({
  symbol: 'BTC/USDT:USDT',
  startAt: ((nth - 1) * 1_000) as EpochMs,
  endAt: (nth * 1_000) as EpochMs,
  open: 100,
  high: 100,
  low: 100,
  close: 100,
  tradeCount: 2,
  buyCount: 1,
  sellCount: 1,
  buyVolume: 3,
  sellVolume: 1,
  quoteVolume: 400,
  liquidationBuyVolume: 0,
  liquidationSellVolume: 0,
  ofi: [4, 3, 2, 1, -2, 9, 9, 9, 9, 9],
  weighedMs: 1_000,
  spreadTicksMean: 1,
  bidDepthMean: 3,
  askDepthMean: 5,
  bidDepthLevelsMean: 30,
  askDepthLevelsMean: 10,
  bidDepths: levels((level) => 3 + level),
  askDepths: levels((level) => 5 + level),
  bidTicks: 1_000,
  askTicks: 1_001,
  bidSize: 1,
  askSize: 3,
  bidPriceTicks: levels((level) => 1_000 - level),
  askPriceTicks: levels((level) => 1_001 + level),
  bidSizes: levels((level) => 1 + level),
  askSizes: levels((level) => 3 + level),
  markPrice: 100,
  indexPrice: 99.9,
  fundingRate: 0.0001,
  nextFundingAt: 28_800_000,
  openInterest: 5_000,
  taints: [],
  bookUpdateCount: 4,
  ...changes,
})
