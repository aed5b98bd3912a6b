import type { BookEvent, Levels } from '../../core/market-event.ts'
import { opposite, type Side, signOf } from '../../core/units.ts'
import { Book } from '../../market/book.ts'

/** Lots by price in ticks. */
type LotsAt = Map<number, number>

/** A piece that an aggressive order may take. */
export interface Slice {
  readonly price: number
  readonly lots: number
}

const SIDE_OF = { buy: 'bids', sell: 'asks' } as const

/** The displayed book less what simulated orders took from it. */
export class LevelBook {
  #synced = false
  readonly #displayed = new Book()
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
    this.#displayed.clear()
    this.#taken.buy.clear()
    this.#taken.sell.clear()
  }

  apply(event: BookEvent): void {
    if (event.type === 'snapshot') {
      this.void()
      this.#synced = true
    }
    if (!this.#synced) return
    this.#displayed.apply(event.bids, event.asks)
    this.#report('buy', event.bids)
    this.#report('sell', event.asks)
  }

  displayed(side: Side, price: number): number {
    return this.#displayed.lotsAt(SIDE_OF[side], price)
  }

  /** What a taker of `side` finds at `limit` or better, best first. */
  reachable(side: Side, limit: number): readonly Slice[] {
    const sign = signOf(side)
    const taken = this.#taken[opposite(side)]
    const slices: Slice[] = []
    for (const { ticks, lots } of this.#displayed.walk(SIDE_OF[opposite(side)])) {
      if (!(sign * ticks <= sign * limit)) break
      const left = lots - (taken.get(ticks) ?? 0)
      if (left > 0) slices.push({ price: ticks, lots: left })
    }
    return slices
  }

  /** A taker of `side` takes `lots` at `price`. */
  take(side: Side, price: number, lots: number): void {
    const taken = this.#taken[opposite(side)]
    if (this.displayed(opposite(side), price) > 0) taken.set(price, (taken.get(price) ?? 0) + lots)
  }

  /** What is reported anew is there again. */
  #report(side: Side, levels: Levels): void {
    const taken = this.#taken[side]
    if (taken.size === 0) return
    for (let at = 0; at < levels.length; at += 2) taken.delete(levels[at]!)
    // The book forgets what lies too far outside.
    for (const price of taken.keys()) if (this.displayed(side, price) === 0) taken.delete(price)
  }
}
