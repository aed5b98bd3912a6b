import type { BookEvent, Levels } from '../../core/market-event.ts'
import { opposite, type Side, signOf } from '../../core/units.ts'

/** Levels kept per side; past it the ones furthest from the touch are dropped. */
const LEVELS_MAX = 20_000
const LEVELS_AFTER_TRIM = 10_000

/** Lots by price in ticks. */
type LotsAt = Map<number, number>

/** A piece that an aggressive order may take. */
export interface Slice {
  readonly price: number
  readonly lots: number
}

/** The displayed book less what simulated orders took from it. Unsorted: orders that walk it are rare, level changes are not. */
export class LevelBook {
  #synced = false
  readonly #displayed: Readonly<Record<Side, LotsAt>> = { buy: new Map(), sell: new Map() }
  /**
   * What simulated orders took since the level was last reported: the tape does not know that it is gone. Almost always empty, and
   * apart from what is displayed because levels change hundreds of times a second. Bounded by the displayed levels.
   */
  readonly #taken: Readonly<Record<Side, LotsAt>> = { buy: new Map(), sell: new Map() }

  /** False before the first snapshot and after a gap: nobody knows what an order would meet. */
  get synced(): boolean {
    return this.#synced
  }

  void(): void {
    this.#synced = false
    for (const side of ['buy', 'sell'] as const) {
      this.#displayed[side].clear()
      this.#taken[side].clear()
    }
  }

  apply(event: BookEvent): void {
    if (event.type === 'snapshot') {
      this.void()
      this.#synced = true
    }
    if (!this.#synced) return
    this.#set('buy', event.bids)
    this.#set('sell', event.asks)
  }

  displayed(side: Side, price: number): number {
    return this.#displayed[side].get(price) ?? 0
  }

  /** What a taker of `side` finds at `limit` or better, best first. */
  reachable(side: Side, limit: number): readonly Slice[] {
    const sign = signOf(side)
    const taken = this.#taken[opposite(side)]
    const slices: Slice[] = []
    for (const [price, displayed] of this.#displayed[opposite(side)]) {
      if (!(sign * price <= sign * limit)) continue
      const left = displayed - (taken.get(price) ?? 0)
      if (left > 0) slices.push({ price, lots: left })
    }
    return slices.sort((a, b) => sign * (a.price - b.price))
  }

  /** A taker of `side` takes `lots` at `price`. */
  take(side: Side, price: number, lots: number): void {
    const taken = this.#taken[opposite(side)]
    if (this.displayed(opposite(side), price) > 0) taken.set(price, (taken.get(price) ?? 0) + lots)
  }

  #set(side: Side, levels: Levels): void {
    const map = this.#displayed[side]
    const taken = this.#taken[side]
    for (let at = 0; at + 1 < levels.length; at += 2) {
      const price = levels[at]!
      const displayed = levels[at + 1]!
      if (displayed > 0) map.set(price, displayed)
      else map.delete(price)
      if (taken.size > 0) taken.delete(price)
    }
    if (map.size > LEVELS_MAX) this.#trim(side)
  }

  #trim(side: Side): void {
    const map = this.#displayed[side]
    const furthestFirst = [...map.keys()].sort((a, b) => signOf(side) * (a - b))
    for (const price of furthestFirst.slice(0, map.size - LEVELS_AFTER_TRIM)) {
      map.delete(price)
      this.#taken[side].delete(price)
    }
  }
}
