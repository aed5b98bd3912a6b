import type { Side } from '../../core/units.ts'

/** What one `@depth` frame says: the last size of every level that changed in ids `firstId … lastId`. */
export interface DepthDiff {
  readonly firstId: number
  readonly lastId: number
  /** `lastId` of the frame before. */
  readonly prevId: number
  /** When the last change happened, epoch ms. */
  readonly at: number
  /** Ticks → lots. */
  readonly bids: ReadonlyMap<number, number>
  readonly asks: ReadonlyMap<number, number>
}

export interface DepthBatch {
  level(side: Side, price: number, size: number, updateId: number, at: number): void
  /** The diff, when a boundary of the interval has passed and something changed since. */
  take(now: number): DepthDiff | undefined
}

/** Gathers level changes into frames on the interval's grid. Bounded by the number of levels of the book. */
export function depthBatch(intervalMs: number, startId: number): DepthBatch {
  let bids = new Map<number, number>()
  let asks = new Map<number, number>()
  let firstId = 0
  let lastId = startId
  let prevId = startId
  let lastAt = 0
  let slot = -1
  return {
    level: (side, price, size, updateId, at) => {
      if (firstId === 0) firstId = updateId
      lastId = updateId
      lastAt = at
      ;(side === 'buy' ? bids : asks).set(price, size)
    },
    take: (now) => {
      const current = Math.floor(now / intervalMs)
      if (current === slot) return undefined
      slot = current
      if (firstId === 0) return undefined
      const diff = { firstId, lastId, prevId, at: lastAt, bids, asks }
      bids = new Map()
      asks = new Map()
      prevId = lastId
      firstId = 0
      return diff
    },
  }
}
