import { type Side, signOf } from '../../core/units.ts'
import type { CandleFillSettings } from './simulation-settings.ts'

const BPS = 10_000
/** Quotients of decimals miss whole numbers by this much at most. */
const SLACK = 1e-6

/** What of a candle's volume our orders may have, and have had. */
export interface CandleVolume {
  readonly lots: number
  used: number
}

/** A price in ticks, rounded against whoever trades on this side: a buy up, a sell down, at least 1. */
export const againstUs = (ticks: number, side: Side): number =>
  side === 'buy' ? Math.ceil(ticks - SLACK) : Math.max(1, Math.floor(ticks + SLACK))

/** Lots that our orders may still get of the candle. */
export const lotsLeft = ({ lots, used }: CandleVolume, { participationMax }: CandleFillSettings): number =>
  Math.max(0, Math.floor(lots * participationMax + SLACK) - used)

/** Best quote that a taker of `side` meets when the candle's price is `ticks`. */
export const quoteAt = (ticks: number, side: Side, { halfSpreadBps }: CandleFillSettings): number =>
  ticks * (1 + (signOf(side) * halfSpreadBps) / BPS)

/** Price of a taker who brings our share of the candle to `used` lots: half the spread, slippage, and impact by the square root of the share. */
function takerTicks(ticks: number, side: Side, used: number, lots: number, settings: CandleFillSettings): number {
  const { halfSpreadBps, slippageBps, impactBps } = settings
  const bps = halfSpreadBps + slippageBps + impactBps * Math.sqrt(used / lots)
  return againstUs(ticks * (1 + (signOf(side) * bps) / BPS), side)
}

/** The same for next to nothing of the volume: what a taker pays at least. */
export const leastTakerTicks = (ticks: number, side: Side, settings: CandleFillSettings): number =>
  takerTicks(ticks, side, 0, 1, settings)

interface CandleFill {
  readonly ticks: number
  readonly lots: number
}

/**
 * What a taker of `wanted` lots gets at a candle's price of `ticks`: no more than the participation share leaves, and no more than can
 * be had within `limit`. All of it at the price of the last lot.
 */
export function takerFill(
  side: Side,
  ticks: number,
  wanted: number,
  limit: number,
  volume: CandleVolume,
  settings: CandleFillSettings,
): CandleFill {
  const sign = signOf(side)
  const priceOf = (lots: number) => takerTicks(ticks, side, volume.used + lots, volume.lots, settings)
  const within = (lots: number) => sign * priceOf(lots) <= sign * limit
  const most = Math.min(wanted, lotsLeft(volume, settings))
  if (most < 1 || !within(1)) return { ticks: 0, lots: 0 }
  if (within(most)) return { ticks: priceOf(most), lots: most }
  let [fits, tooMany] = [1, most]
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2)
    if (within(middle)) fits = middle
    else tooMany = middle
  }
  return { ticks: priceOf(fits), lots: fits }
}
