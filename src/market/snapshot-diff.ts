import type { BookEvent, Levels } from '../core/market-event.ts'

/** A venue's whole book at one time, every level that it shows. */
export type WholeBook = Pick<BookEvent, 'symbol' | 'exchangeTime' | 'receivedAt' | 'bids' | 'asks'>

/** A book older than the last by more than this is no straggler: the venue set its clock back. Milliseconds. */
export const REWIND_MS_MAX = 5_000

/**
 * Turns the whole books of one instrument into one snapshot and then differences, for venues that send nothing else. The ids are our
 * own and run on through `reset`. A level that falls off the visible end is removed as any other: whether it still stands behind the
 * end cannot be known. What came and went between two books is in no difference.
 */
export interface SnapshotDiff {
  /**
   * The first book, and the first after `reset`, comes out as an in-stream snapshot; a later one as a delta with
   * `bookSource: 'snapshot-diff'`. Nothing comes of a book equal to the last, nor of one older than it (out of order: what it says is
   * overtaken, so nothing is lost); of one older by more than `REWIND_MS_MAX` a snapshot.
   */
  step(book: WholeBook): BookEvent | undefined
  /** The next book is a snapshot. */
  reset(): void
}

/** Lots by price in ticks. */
type Side = ReadonlyMap<number, number>

interface Last {
  readonly exchangeTime: number
  readonly bids: Side
  readonly asks: Side
}

export function snapshotDiff(): SnapshotDiff {
  let lastId = 0
  let last: Last | undefined
  return {
    reset() {
      last = undefined
    },
    step(book) {
      const { exchangeTime } = book
      const behindMs = last ? last.exchangeTime - exchangeTime : 0
      if (behindMs > 0 && behindMs <= REWIND_MS_MAX) return undefined
      const before = behindMs > 0 ? undefined : last
      last = { exchangeTime, bids: sideOf(book.bids), asks: sideOf(book.asks) }
      if (!before) {
        lastId += 1
        return { ...book, kind: 'book', type: 'snapshot', inStream: true, firstId: lastId, lastId, prevId: lastId }
      }
      const bids = changes(before.bids, last.bids)
      const asks = changes(before.asks, last.asks)
      if (bids.length === 0 && asks.length === 0) return undefined
      const prevId = lastId
      lastId += 1
      const ids = { firstId: lastId, lastId, prevId }
      return { ...book, kind: 'book', type: 'delta', bookSource: 'snapshot-diff', ...ids, bids, asks }
    },
  }
}

/** As `Book` takes them: of a price that comes twice the later stands, no lots is no level. */
function sideOf(levels: Levels): Side {
  const side = new Map<number, number>()
  for (let at = 0; at < levels.length; at += 2) {
    const lots = levels[at + 1]!
    if (lots > 0) side.set(levels[at]!, lots)
    else side.delete(levels[at]!)
  }
  return side
}

function changes(before: Side, after: Side): number[] {
  const flat: number[] = []
  for (const ticks of before.keys()) if (!after.has(ticks)) flat.push(ticks, 0)
  for (const [ticks, lots] of after) if (before.get(ticks) !== lots) flat.push(ticks, lots)
  return flat
}
