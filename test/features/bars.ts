import type { EpochMs } from '../../src/core/units.ts'
import type { Bar } from '../../src/market/bar.ts'

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
  buyVolume: 3,
  sellVolume: 1,
  ofi: [4, 3, 2, 1, -2],
  spreadTicksMean: 1,
  bidDepthMean: 3,
  askDepthMean: 5,
  bidDepthLevelsMean: 30,
  askDepthLevelsMean: 10,
  bidTicks: 1_000,
  askTicks: 1_001,
  bidSize: 1,
  askSize: 3,
  markPrice: 100,
  fundingRate: 0.0001,
  taints: [],
  bookUpdateCount: 4,
  ...changes,
})
