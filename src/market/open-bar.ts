import type { LiquidationEvent, TradeEvent } from '../core/market-event.ts'
import { BOOK_LEVELS, LEVELS } from './bar.ts'
import { ASK_LOTS, ASK_TICKS, BID_LOTS, BID_TICKS, type TopLevels } from './book.ts'
import { type MutableMark, markState } from './mark-state.ts'
import type { SignaturePath } from './signature-path.ts'

/** A bar under way: sums in ticks, lots and milliseconds. */
export interface OpenBar {
  open: number
  high: number
  low: number
  close: number
  buyCount: number
  sellCount: number
  buyLots: number
  sellLots: number
  /** Σ ticks × lots. */
  tickLots: number
  liquidationBuyLots: number
  liquidationSellLots: number
  /** Σ e_n, [BOOK_LEVELS]. */
  readonly flowLots: Float64Array
  weighedMs: number
  spreadTicksMs: number
  bidLevelsLotsMs: number
  askLevelsLotsMs: number
  /** Per level, bids and then asks, [2, BOOK_LEVELS]. */
  readonly depthLotsMs: Float64Array
  /** The book at the end of the bar; none while it is void. */
  closing: TopLevels | undefined
  readonly mark: MutableMark
  bookUpdateCount: number
  taintBits: number
  /** Only where a signature was asked for. */
  readonly path: SignaturePath | undefined
}

export const TAINT_BIT = { gap: 1, partial: 2 } as const

export const openBar = (path?: SignaturePath): OpenBar => ({
  open: Number.NaN,
  high: Number.NaN,
  low: Number.NaN,
  close: Number.NaN,
  buyCount: 0,
  sellCount: 0,
  buyLots: 0,
  sellLots: 0,
  tickLots: 0,
  liquidationBuyLots: 0,
  liquidationSellLots: 0,
  flowLots: new Float64Array(BOOK_LEVELS),
  weighedMs: 0,
  spreadTicksMs: 0,
  bidLevelsLotsMs: 0,
  askLevelsLotsMs: 0,
  depthLotsMs: new Float64Array(2 * BOOK_LEVELS),
  closing: undefined,
  mark: markState(),
  bookUpdateCount: 0,
  taintBits: 0,
  path,
})

export function markTaint(bar: OpenBar, bit: number): void {
  bar.taintBits |= bit
}

export const hasTrades = (bar: OpenBar): boolean => bar.buyCount + bar.sellCount > 0

export function addTrade(bar: OpenBar, { price, size, side }: TradeEvent): void {
  if (!hasTrades(bar)) {
    bar.open = price
    bar.high = price
    bar.low = price
  } else if (price > bar.high) bar.high = price
  else if (price < bar.low) bar.low = price
  bar.close = price
  bar.tickLots += price * size
  if (side === 'buy') {
    bar.buyCount += 1
    bar.buyLots += size
  } else {
    bar.sellCount += 1
    bar.sellLots += size
  }
}

export function addLiquidation(bar: OpenBar, { side, size }: LiquidationEvent): void {
  if (side === 'buy') bar.liquidationBuyLots += size
  else bar.liquidationSellLots += size
}

/** The book `top`, which has both sides, stood for `ms` milliseconds. */
export function weighBook(bar: OpenBar, top: TopLevels, ms: number): void {
  const { depthLotsMs } = bar
  let bidLots = 0
  let askLots = 0
  for (let level = 0; level < LEVELS; level += 1) {
    bidLots += top[BID_LOTS + level]!
    askLots += top[ASK_LOTS + level]!
  }
  for (let level = 0; level < BOOK_LEVELS; level += 1) {
    depthLotsMs[level]! += top[BID_LOTS + level]! * ms
    depthLotsMs[BOOK_LEVELS + level]! += top[ASK_LOTS + level]! * ms
  }
  bar.weighedMs += ms
  bar.spreadTicksMs += (top[ASK_TICKS]! - top[BID_TICKS]!) * ms
  bar.bidLevelsLotsMs += bidLots * ms
  bar.askLevelsLotsMs += askLots * ms
}
