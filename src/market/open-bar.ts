import type { Converter } from '../core/instrument.ts'
import { type Bar, LEVELS, type Taint } from './bar.ts'
import type { BookWeights } from './book-weights.ts'

/** A bar under way: sums in ticks, lots and milliseconds. */
export interface OpenBar {
  open: number
  high: number
  low: number
  close: number
  tradeCount: number
  buyLots: number
  sellLots: number
  /** Σ e_n, [LEVELS]. */
  readonly flowLots: Float64Array
  weighedMs: number
  spreadTicksMs: number
  bidLotsMs: number
  askLotsMs: number
  bidLevelsLotsMs: number
  askLevelsLotsMs: number
  /** The book at the end of the bar; none while it is void. */
  closing: BookWeights | undefined
  markPrice: number
  fundingRate: number
  bookUpdateCount: number
  taintBits: number
}

export const TAINT_BIT = { gap: 1, partial: 2 } as const

export const openBar = (): OpenBar => ({
  open: Number.NaN,
  high: Number.NaN,
  low: Number.NaN,
  close: Number.NaN,
  tradeCount: 0,
  buyLots: 0,
  sellLots: 0,
  flowLots: new Float64Array(LEVELS),
  weighedMs: 0,
  spreadTicksMs: 0,
  bidLotsMs: 0,
  askLotsMs: 0,
  bidLevelsLotsMs: 0,
  askLevelsLotsMs: 0,
  closing: undefined,
  markPrice: Number.NaN,
  fundingRate: Number.NaN,
  bookUpdateCount: 0,
  taintBits: 0,
})

export function markTaint(bar: OpenBar, bit: number): void {
  bar.taintBits |= bit
}

/** What a bar without the event in question takes over from the bars before; `NaN` before the first. `price` in ticks. */
export interface Carried {
  readonly price: number
  readonly markPrice: number
  readonly fundingRate: number
}

/** Ticks and lots become quote and base units. Before the first trade ever the mid at the close stands for the price. */
export function closeBar(
  bar: OpenBar,
  converter: Converter,
  span: Pick<Bar, 'symbol' | 'startAt' | 'endAt'>,
  carried: Carried,
): Bar {
  const { closing, weighedMs } = bar
  const midTicks = closing ? (closing.bidTicks + closing.askTicks) / 2 : Number.NaN
  const quietPrice = Number.isNaN(carried.price) ? midTicks : carried.price
  const priceOf = (ticks: number): number => converter.price(bar.tradeCount > 0 ? ticks : quietPrice)
  const meanSize = (lotsMs: number): number => converter.quantity(lotsMs / weighedMs)
  return {
    ...span,
    open: priceOf(bar.open),
    high: priceOf(bar.high),
    low: priceOf(bar.low),
    close: priceOf(bar.close),
    tradeCount: bar.tradeCount,
    buyVolume: converter.quantity(bar.buyLots),
    sellVolume: converter.quantity(bar.sellLots),
    ofi: Array.from(bar.flowLots, (lots) => converter.quantity(lots)),
    spreadTicksMean: bar.spreadTicksMs / weighedMs,
    bidDepthMean: meanSize(bar.bidLotsMs),
    askDepthMean: meanSize(bar.askLotsMs),
    bidDepthLevelsMean: meanSize(bar.bidLevelsLotsMs),
    askDepthLevelsMean: meanSize(bar.askLevelsLotsMs),
    bidTicks: closing?.bidTicks ?? Number.NaN,
    askTicks: closing?.askTicks ?? Number.NaN,
    bidSize: closing ? converter.quantity(closing.bidLots) : Number.NaN,
    askSize: closing ? converter.quantity(closing.askLots) : Number.NaN,
    markPrice: carried.markPrice,
    fundingRate: carried.fundingRate,
    taints: taintsOf(bar),
    bookUpdateCount: bar.bookUpdateCount,
  }
}

function taintsOf({ taintBits, closing }: OpenBar): readonly Taint[] {
  const taints: Taint[] = []
  if (taintBits & TAINT_BIT.gap) taints.push('gap')
  if (!closing) taints.push('unsynced')
  if (taintBits & TAINT_BIT.partial) taints.push('partial')
  return taints
}
