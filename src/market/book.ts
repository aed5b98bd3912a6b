import type { Levels } from '../core/market-event.ts'
import { BOOK_LEVELS } from './bar.ts'

/**
 * Best `BOOK_LEVELS` levels: bid ticks, bid lots, ask ticks, ask lots, each best first ([4, BOOK_LEVELS] row-major). A level that is not
 * there has −∞ (bid) or +∞ (ask) ticks and 0 lots, so that order flow treats its coming and going as price moves.
 */
export type TopLevels = Float64Array

export const topLevels = (): TopLevels => new Float64Array(4 * BOOK_LEVELS)

export const BID_TICKS = 0
export const BID_LOTS = BOOK_LEVELS
export const ASK_TICKS = 2 * BOOK_LEVELS
export const ASK_LOTS = 3 * BOOK_LEVELS

/** False while a side is empty: such a book has neither mid nor spread. */
export const hasBothSides = (top: TopLevels): boolean =>
  top[BID_TICKS]! > 0 && top[ASK_TICKS]! < Number.POSITIVE_INFINITY

/** Levels kept per side; past it the worst are dropped (they lie far outside of what any feature or order, a simulated one too, reads). */
export const DEPTH_MAX = 16_384
const DEPTH_AFTER_TRIM = DEPTH_MAX - DEPTH_MAX / 8

/**
 * One side, sorted so that the best level stands last: changes near the best move few entries. `key` grows with priority:
 * ticks for bids, −ticks for asks.
 */
class BookSide {
  keys = new Float64Array(2_048)
  lots = new Float64Array(2_048)
  length = 0

  set(key: number, lots: number): void {
    const at = this.#find(key)
    if (at < this.length && this.keys[at] === key) {
      if (lots > 0) this.lots[at] = lots
      else this.#remove(at)
    } else if (lots > 0) this.#insert(at, key, lots)
  }

  /** 0 where there is no such level. */
  lotsAt(key: number): number {
    const at = this.#find(key)
    return at < this.length && this.keys[at] === key ? this.lots[at]! : 0
  }

  /** `flat`: best first, each level once. */
  restore(flat: Levels, sign: 1 | -1): void {
    this.length = flat.length / 2
    while (this.keys.length < this.length) this.#grow()
    for (let at = 0; at < this.length; at += 1) {
      this.keys[this.length - 1 - at] = sign * flat[2 * at]!
      this.lots[this.length - 1 - at] = flat[2 * at + 1]!
    }
  }

  /** Where `key` stands, or would. */
  #find(key: number): number {
    const { keys } = this
    let at = 0
    for (let end = this.length; at < end; ) {
      const middle = (at + end) >>> 1
      if (keys[middle]! < key) at = middle + 1
      else end = middle
    }
    return at
  }

  #remove(at: number): void {
    this.keys.copyWithin(at, at + 1, this.length)
    this.lots.copyWithin(at, at + 1, this.length)
    this.length -= 1
  }

  #insert(at: number, key: number, lots: number): void {
    if (this.length === DEPTH_MAX) {
      const dropped = DEPTH_MAX - DEPTH_AFTER_TRIM
      if (at <= dropped) return
      this.keys.copyWithin(0, dropped, this.length)
      this.lots.copyWithin(0, dropped, this.length)
      this.length = DEPTH_AFTER_TRIM
      at -= dropped
    }
    if (this.length === this.keys.length) this.#grow()
    this.keys.copyWithin(at + 1, at, this.length)
    this.lots.copyWithin(at + 1, at, this.length)
    this.keys[at] = key
    this.lots[at] = lots
    this.length += 1
  }

  #grow(): void {
    const keys = new Float64Array(this.keys.length * 2)
    const lots = new Float64Array(this.keys.length * 2)
    keys.set(this.keys)
    lots.set(this.lots)
    this.keys = keys
    this.lots = lots
  }
}

/** L2 book in ticks, fractions of one too (see `Levels`), and lots. Not safe to share: one owner changes it, others read between its steps. */
export class Book {
  readonly #bids = new BookSide()
  readonly #asks = new BookSide()

  /** Number of levels of each side. */
  get bidCount(): number {
    return this.#bids.length
  }

  get askCount(): number {
    return this.#asks.length
  }

  /** Best bid, ticks; −∞ when the side is empty. */
  get bidTicks(): number {
    const { keys, length } = this.#bids
    return length > 0 ? keys[length - 1]! : Number.NEGATIVE_INFINITY
  }

  /** Best ask, ticks; +∞ when the side is empty. */
  get askTicks(): number {
    const { keys, length } = this.#asks
    return length > 0 ? -keys[length - 1]! : Number.POSITIVE_INFINITY
  }

  get bidLots(): number {
    const { lots, length } = this.#bids
    return length > 0 ? lots[length - 1]! : 0
  }

  get askLots(): number {
    const { lots, length } = this.#asks
    return length > 0 ? lots[length - 1]! : 0
  }

  /** A bid at or above an ask: no venue has such a book, so something was lost. */
  get crossed(): boolean {
    return this.bidTicks >= this.askTicks
  }

  clear(): void {
    this.#bids.length = 0
    this.#asks.length = 0
  }

  apply(bids: Levels, asks: Levels): void {
    for (let at = 0; at < bids.length; at += 2) this.#bids.set(bids[at]!, bids[at + 1]!)
    for (let at = 0; at < asks.length; at += 2) this.#asks.set(-asks[at]!, asks[at + 1]!)
  }

  /** Back to the levels that `levels` gave for each side. */
  restore(bids: Levels, asks: Levels): void {
    this.#bids.restore(bids, 1)
    this.#asks.restore(asks, -1)
  }

  /** Fills `out` with the best levels. */
  readTop(out: TopLevels): void {
    const bids = this.#bids
    const asks = this.#asks
    for (let level = 0; level < BOOK_LEVELS; level += 1) {
      const bid = bids.length - 1 - level
      const ask = asks.length - 1 - level
      out[BID_TICKS + level] = bid >= 0 ? bids.keys[bid]! : Number.NEGATIVE_INFINITY
      out[BID_LOTS + level] = bid >= 0 ? bids.lots[bid]! : 0
      out[ASK_TICKS + level] = ask >= 0 ? -asks.keys[ask]! : Number.POSITIVE_INFINITY
      out[ASK_LOTS + level] = ask >= 0 ? asks.lots[ask]! : 0
    }
  }

  /** Lots that a side shows at `ticks`; 0 where there is no such level. */
  lotsAt(side: 'bids' | 'asks', ticks: number): number {
    return side === 'bids' ? this.#bids.lotsAt(ticks) : this.#asks.lotsAt(-ticks)
  }

  /** Levels of a side, best first. The book must not change meanwhile. */
  *walk(side: 'bids' | 'asks'): Generator<{ readonly ticks: number; readonly lots: number }, void> {
    const { keys, lots, length } = side === 'bids' ? this.#bids : this.#asks
    const sign = side === 'bids' ? 1 : -1
    for (let at = length - 1; at >= 0; at -= 1) yield { ticks: sign * keys[at]!, lots: lots[at]! }
  }

  /** The first `depth` levels of a side, flat and best first: `[ticks, lots, …]`. */
  levels(side: 'bids' | 'asks', depth = Number.POSITIVE_INFINITY): number[] {
    const { keys, lots, length } = side === 'bids' ? this.#bids : this.#asks
    const sign = side === 'bids' ? 1 : -1
    const flat: number[] = []
    for (let at = length - 1; at >= Math.max(0, length - depth); at -= 1) flat.push(sign * keys[at]!, lots[at]!)
    return flat
  }
}
