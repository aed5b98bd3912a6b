import type { Side } from '../../core/units.ts'
import type { DepthSnapshot } from '../exchange/simulated-exchange.ts'

/** Best prices in ticks, 0 where a side is empty, with their sizes in lots. */
export interface Top {
  bid: number
  bidSize: number
  ask: number
  askSize: number
}

/** Ticks looked at one by one before all levels are: the next level is nearly always near. */
const NEAR_TICKS = 256

interface OneSide {
  best: number
  level(price: number, size: number): void
  size(): number
}

/** `worse`: the direction away from the best, −1 for bids and +1 for asks. */
function oneSide(worse: 1 | -1): OneSide {
  const sizes = new Map<number, number>()
  const next = (from: number): number => {
    if (sizes.size === 0) return 0
    for (let distance = 1; distance <= NEAR_TICKS; distance += 1) {
      if (sizes.has(from + worse * distance)) return from + worse * distance
    }
    let best = 0
    for (const price of sizes.keys()) if (best === 0 || (best - price) * worse > 0) best = price
    return best
  }
  const side: OneSide = {
    best: 0,
    level: (price, size) => {
      if (size > 0) {
        sizes.set(price, size)
        if (side.best === 0 || (side.best - price) * worse > 0) side.best = price
      } else if (sizes.delete(price) && price === side.best) {
        side.best = next(price)
      }
    },
    size: () => sizes.get(side.best) ?? 0,
  }
  return side
}

export interface TopOfBook {
  readonly top: Readonly<Top>
  /** True when the best price or size of either side changed. */
  level(side: Side, price: number, size: number): boolean
}

/** Follows the best quotes through level changes, so that each change has its own `bookTicker`. */
export function topOfBook(start: DepthSnapshot): TopOfBook {
  const bids = oneSide(-1)
  const asks = oneSide(1)
  for (const [price, size] of start.bids) bids.level(price, size)
  for (const [price, size] of start.asks) asks.level(price, size)
  const top: Top = { bid: bids.best, bidSize: bids.size(), ask: asks.best, askSize: asks.size() }
  return {
    top,
    level: (side, price, size) => {
      if (side === 'buy') {
        bids.level(price, size)
        const changed = bids.best !== top.bid || bids.size() !== top.bidSize
        top.bid = bids.best
        top.bidSize = bids.size()
        return changed
      }
      asks.level(price, size)
      const changed = asks.best !== top.ask || asks.size() !== top.askSize
      top.ask = asks.best
      top.askSize = asks.size()
      return changed
    },
  }
}
