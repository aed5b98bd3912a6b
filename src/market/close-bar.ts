import type { Converter } from '../core/instrument.ts'
import { type Bar, BOOK_LEVELS, type Taint } from './bar.ts'
import { ASK_LOTS, ASK_TICKS, BID_LOTS, BID_TICKS, type TopLevels } from './book.ts'
import type { Carried } from './carried.ts'
import { takeMark } from './mark-state.ts'
import { hasTrades, type OpenBar, TAINT_BIT, weighBook } from './open-bar.ts'

/**
 * Ticks and lots become quote and base units. Before the first trade ever the mid at the close stands for the price. What `bar` saw
 * last goes into `carry`. A bar of no duration counts as one millisecond of the book at its close.
 */
export function closeBar(
  bar: OpenBar,
  converter: Converter,
  { symbol, startAt, endAt }: Pick<Bar, 'symbol' | 'startAt' | 'endAt'>,
  carry: Carried,
): Bar {
  const { closing, buyCount, sellCount } = bar
  if (hasTrades(bar)) carry.price = bar.close
  takeMark(carry.mark, bar.mark)
  if (closing && bar.weighedMs === 0) weighBook(bar, closing, 1)
  const { weighedMs } = bar
  const lotQuantity = converter.quantity(1)
  const meanSize = (lotsMs: number): number => (lotsMs / weighedMs) * lotQuantity
  const top = closingLevels(closing, lotQuantity)
  const [open, high, low, close] = pricesOf(bar, converter, carry.price)
  const [bidDepths, askDepths] = [new Array<number>(BOOK_LEVELS), new Array<number>(BOOK_LEVELS)]
  const ofi = new Array<number>(BOOK_LEVELS)
  for (let level = 0; level < BOOK_LEVELS; level += 1) {
    bidDepths[level] = meanSize(bar.depthLotsMs[level]!)
    askDepths[level] = meanSize(bar.depthLotsMs[BOOK_LEVELS + level]!)
    ofi[level] = bar.flowLots[level]! * lotQuantity
  }
  // One literal: a bar put together by spreading takes an order of magnitude longer.
  const closed: { -readonly [Key in keyof Bar]: Bar[Key] } = {
    symbol,
    startAt,
    endAt,
    open: open!,
    high: high!,
    low: low!,
    close: close!,
    tradeCount: buyCount + sellCount,
    buyCount,
    sellCount,
    buyVolume: bar.buyLots * lotQuantity,
    sellVolume: bar.sellLots * lotQuantity,
    quoteVolume: quoteVolume(bar, converter),
    liquidationBuyVolume: bar.liquidationBuyLots * lotQuantity,
    liquidationSellVolume: bar.liquidationSellLots * lotQuantity,
    ofi,
    weighedMs,
    spreadTicksMean: bar.spreadTicksMs / weighedMs,
    bidDepthMean: bidDepths[0]!,
    askDepthMean: askDepths[0]!,
    bidDepthLevelsMean: meanSize(bar.bidLevelsLotsMs),
    askDepthLevelsMean: meanSize(bar.askLevelsLotsMs),
    bidDepths,
    askDepths,
    bidTicks: top.bidPriceTicks[0]!,
    askTicks: top.askPriceTicks[0]!,
    bidSize: top.bidSizes[0]!,
    askSize: top.askSizes[0]!,
    bidPriceTicks: top.bidPriceTicks,
    askPriceTicks: top.askPriceTicks,
    bidSizes: top.bidSizes,
    askSizes: top.askSizes,
    markPrice: carry.mark.markPrice,
    indexPrice: carry.mark.indexPrice,
    fundingRate: carry.mark.fundingRate,
    nextFundingAt: carry.mark.nextFundingAt,
    openInterest: carry.mark.openInterest,
    taints: taintsOf(bar),
    bookUpdateCount: bar.bookUpdateCount,
  }
  if (carry.externals) closed.externals = carry.externals
  if (bar.path) closed.signature = bar.path.closeAt(endAt)
  return closed
}

/** Open, high, low and close, quote currency. */
function pricesOf(bar: OpenBar, converter: Converter, lastTicks: number): readonly number[] {
  const { closing } = bar
  if (hasTrades(bar)) return [bar.open, bar.high, bar.low, bar.close].map(converter.price)
  const midTicks = closing ? (closing[BID_TICKS]! + closing[ASK_TICKS]!) / 2 : Number.NaN
  const price = converter.price(Number.isNaN(lastTicks) ? midTicks : lastTicks)
  return [price, price, price, price]
}

/** Value of all trades of the bar, quote currency. */
export const quoteVolume = (bar: OpenBar, converter: Converter): number =>
  converter.instrument.inverse ? converter.notional(1, bar.buyLots + bar.sellLots) : converter.notional(1, bar.tickLots)

function closingLevels(closing: TopLevels | undefined, lotQuantity: number) {
  const bidPriceTicks = new Array<number>(BOOK_LEVELS).fill(Number.NaN)
  const askPriceTicks = bidPriceTicks.slice()
  const bidSizes = bidPriceTicks.slice()
  const askSizes = bidPriceTicks.slice()
  for (let level = 0; closing && level < BOOK_LEVELS; level += 1) {
    const bid = closing[BID_TICKS + level]!
    const ask = closing[ASK_TICKS + level]!
    if (Number.isFinite(bid)) bidPriceTicks[level] = bid
    if (Number.isFinite(ask)) askPriceTicks[level] = ask
    bidSizes[level] = closing[BID_LOTS + level]! * lotQuantity
    askSizes[level] = closing[ASK_LOTS + level]! * lotQuantity
  }
  return { bidPriceTicks, askPriceTicks, bidSizes, askSizes }
}

function taintsOf({ taintBits, closing }: OpenBar): readonly Taint[] {
  const taints: Taint[] = []
  if (taintBits & TAINT_BIT.gap) taints.push('gap')
  if (!closing) taints.push('unsynced')
  if (taintBits & TAINT_BIT.partial) taints.push('partial')
  return taints
}
