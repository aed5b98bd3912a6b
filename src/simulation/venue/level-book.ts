import type { BookEvent, Levels } from '../../core/market-event.ts'
import { type Side, signOf } from '../../core/units.ts'

/** Levels kept per side; past it the ones furthest from the touch are dropped. */
const LEVELS_MAX = 20_000
const LEVELS_AFTER_TRIM = 10_000

interface Level {
  displayed: number
  /** Lots that simulated orders took here since the level was last reported: the tape does not know that they are gone. */
  taken: number
}

/** A piece that an aggressive order may take. */
export interface Slice {
  readonly price: number
  readonly lots: number
}

/** The displayed book less what simulated orders took from it. Unsorted: orders that walk it are rare, level changes are not. */
export class LevelBook {
  #synced = false
  readonly #sides: Readonly<Record<Side, Map<number, Level>>> = { buy: new Map(), sell: new Map() }

  /** False before the first snapshot and after a gap: nobody knows what an order would meet. */
  get synced(): boolean {
    return this.#synced
  }

  void(): void {
    this.#synced = false
    this.#sides.buy.clear()
    this.#sides.sell.clear()
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
    return this.#sides[side].get(price)?.displayed ?? 0
  }

  /** What a taker of `side` finds at `limit` or better, best first. */
  reachable(side: Side, limit: number): readonly Slice[] {
    const sign = signOf(side)
    const slices: Slice[] = []
    for (const [price, { displayed, taken }] of this.#sides[side === 'buy' ? 'sell' : 'buy']) {
      if (sign * price <= sign * limit && displayed > taken) slices.push({ price, lots: displayed - taken })
    }
    return slices.sort((a, b) => sign * (a.price - b.price))
  }

  /** A taker of `side` takes `lots` at `price`. */
  take(side: Side, price: number, lots: number): void {
    const level = this.#sides[side === 'buy' ? 'sell' : 'buy'].get(price)
    if (level) level.taken += lots
  }

  #set(side: Side, levels: Levels): void {
    const map = this.#sides[side]
    for (let at = 0; at + 1 < levels.length; at += 2) {
      const price = levels[at]!
      const displayed = levels[at + 1]!
      const known = map.get(price)
      if (!(displayed > 0)) map.delete(price)
      else if (known) {
        known.displayed = displayed
        known.taken = 0
      } else map.set(price, { displayed, taken: 0 })
    }
    if (map.size > LEVELS_MAX) this.#trim(side)
  }

  #trim(side: Side): void {
    const map = this.#sides[side]
    const furthestFirst = [...map.keys()].sort((a, b) => signOf(side) * (a - b))
    for (const price of furthestFirst.slice(0, map.size - LEVELS_AFTER_TRIM)) map.delete(price)
  }
}
