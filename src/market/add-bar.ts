import type { Converter } from '../core/instrument.ts'
import { type Bar, BOOK_LEVELS } from './bar.ts'
import { ASK_LOTS, ASK_TICKS, BID_LOTS, BID_TICKS, type TopLevels, topLevels } from './book.ts'
import { takeMark } from './mark-state.ts'
import { hasTrades, markTaint, type OpenBar, TAINT_BIT } from './open-bar.ts'

/**
 * Adds a closed bar to the longer one under way. Its floats go back to the whole ticks, lots and milliseconds that they came from, so
 * that the sums lose nothing to rounding (exact below 10^15).
 */
export function addBar(into: OpenBar, bar: Bar, converter: Converter): void {
  const lotsOf = (quantity: number): number => Math.round(quantity / converter.quantity(1))
  addTrades(into, bar, converter)
  into.liquidationBuyLots += lotsOf(bar.liquidationBuyVolume)
  into.liquidationSellLots += lotsOf(bar.liquidationSellVolume)
  for (let level = 0; level < BOOK_LEVELS; level += 1) into.flowLots[level]! += lotsOf(bar.ofi[level]!)
  if (bar.weighedMs > 0) addDepths(into, bar, converter)
  into.closing = closingOf(bar, lotsOf)
  takeMark(into.mark, bar)
  into.bookUpdateCount += bar.bookUpdateCount
  if (bar.taints.includes('gap')) markTaint(into, TAINT_BIT.gap)
  if (bar.taints.includes('partial')) markTaint(into, TAINT_BIT.partial)
}

function addTrades(into: OpenBar, bar: Bar, converter: Converter): void {
  if (bar.tradeCount === 0) return
  const ticksOf = (price: number): number => Math.round(price / converter.tickSize)
  const lotsOf = (quantity: number): number => Math.round(quantity / converter.quantity(1))
  const [high, low] = [ticksOf(bar.high), ticksOf(bar.low)]
  if (!hasTrades(into)) {
    into.open = ticksOf(bar.open)
    into.high = high
    into.low = low
  }
  into.high = Math.max(into.high, high)
  into.low = Math.min(into.low, low)
  into.close = ticksOf(bar.close)
  into.buyCount += bar.buyCount
  into.sellCount += bar.sellCount
  into.buyLots += lotsOf(bar.buyVolume)
  into.sellLots += lotsOf(bar.sellVolume)
  // Inverse: the value follows from the lots alone.
  if (!converter.instrument.inverse) into.tickLots += Math.round(bar.quoteVolume / converter.notional(1, 1))
}

function addDepths(into: OpenBar, bar: Bar, converter: Converter): void {
  const { weighedMs } = bar
  const lotsMsOf = (mean: number): number => Math.round((mean / converter.quantity(1)) * weighedMs)
  into.weighedMs += weighedMs
  into.spreadTicksMs += Math.round(bar.spreadTicksMean * weighedMs)
  into.bidLevelsLotsMs += lotsMsOf(bar.bidDepthLevelsMean)
  into.askLevelsLotsMs += lotsMsOf(bar.askDepthLevelsMean)
  for (let level = 0; level < BOOK_LEVELS; level += 1) {
    into.depthLotsMs[level]! += lotsMsOf(bar.bidDepths[level]!)
    into.depthLotsMs[BOOK_LEVELS + level]! += lotsMsOf(bar.askDepths[level]!)
  }
}

/** None where the book was void at the close. */
function closingOf(bar: Bar, lotsOf: (quantity: number) => number): TopLevels | undefined {
  if (bar.taints.includes('unsynced')) return undefined
  const top = topLevels()
  const orElse = (ticks: number, absent: number): number => (Number.isNaN(ticks) ? absent : ticks)
  for (let level = 0; level < BOOK_LEVELS; level += 1) {
    top[BID_TICKS + level] = orElse(bar.bidPriceTicks[level]!, Number.NEGATIVE_INFINITY)
    top[ASK_TICKS + level] = orElse(bar.askPriceTicks[level]!, Number.POSITIVE_INFINITY)
    top[BID_LOTS + level] = lotsOf(bar.bidSizes[level]!)
    top[ASK_LOTS + level] = lotsOf(bar.askSizes[level]!)
  }
  return top
}
