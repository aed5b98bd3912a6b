import type { Part } from './part.ts'
import { RollingWindow } from './rolling-window.ts'

/** The last `size` numbers, kept in ascending order too: a binary search and one move of memory a step. */
export class SortedWindow implements Part {
  readonly length: number
  readonly #window: RollingWindow
  readonly #sorted: Float64Array
  #count = 0

  constructor(size: number) {
    this.#window = new RollingWindow(size)
    this.length = this.#window.length
    this.#sorted = new Float64Array(size)
  }

  get isFull(): boolean {
    return this.#window.isFull
  }

  /** Of a full window, `index` 0 the lowest. */
  at(index: number): number {
    return this.#sorted[index]!
  }

  push(x: number): void {
    const sorted = this.#sorted
    if (this.#window.isFull) {
      const gone = this.#place(this.#window.oldest)
      sorted.copyWithin(gone, gone + 1, this.#count)
      this.#count -= 1
    }
    const place = this.#place(x)
    sorted.copyWithin(place + 1, place, this.#count)
    sorted[place] = x
    this.#count += 1
    this.#window.push(x)
  }

  clear(): void {
    this.#window.clear()
    this.#count = 0
  }

  save(): readonly number[] {
    return this.#window.save()
  }

  restore(state: readonly number[]): void {
    this.#window.restore(state)
    this.#count = state[0]!
    this.#sorted.set(state.slice(1, this.#count + 1))
    this.#sorted.subarray(0, this.#count).sort()
  }

  /** First place whose number is not below `x`. */
  #place(x: number): number {
    let [from, to] = [0, this.#count]
    while (from < to) {
      const middle = (from + to) >>> 1
      if (this.#sorted[middle]! < x) from = middle + 1
      else to = middle
    }
    return from
  }
}
