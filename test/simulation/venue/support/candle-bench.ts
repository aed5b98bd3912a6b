import { epochMs } from '../../../../src/core/units.ts'
import type { Candle } from '../../../../src/market/candles/candle.ts'
import { bookSimulation, type CandleFillSettings } from '../../../../src/simulation/venue/simulation-settings.ts'
import { bench, SYMBOL } from './bench.ts'

export const BAR_MS = 60_000
export const FREE: CandleFillSettings = { halfSpreadBps: 0, slippageBps: 0, impactBps: 0, participationMax: 1 }

export type Ohlcv = [number, number, number, number, number?]

/** Prices in ticks of 0.1; volume in lots of 0.001. */
export const bar = (n: number, open: number, high: number, low: number, close: number, lots = 1_000): Candle => ({
  startAt: epochMs(n * BAR_MS),
  open: open / 10,
  high: high / 10,
  low: low / 10,
  close: close / 10,
  volume: lots / 1_000,
  quoteVolume: Number.NaN,
  tradeCount: Number.NaN,
  takerBuyVolume: Number.NaN,
})

/** A venue on candles; the first one closed at 1000 ticks. */
export function onCandles(candles: Partial<CandleFillSettings> = {}, settings = {}) {
  const simulation = { ...bookSimulation(0), candles: { ...FREE, ...candles } }
  const rig = bench({ simulation, ...settings }, [])
  let n = 0
  const next = (...ohlcv: Ohlcv) => rig.venue.onCandle(SYMBOL, bar(n++, ...ohlcv), BAR_MS)
  next(1_000, 1_000, 1_000, 1_000)
  const brief = () => rig.fills().map((fill) => fill.replace(/ t.*/, ''))
  return { ...rig, next, brief }
}
