import { type Part, savedCount } from './part.ts'

/** The last `size` numbers. Each is written twice, `size` apart, so that they always stand in one run. */
export class RollingWindow implements Part {
  readonly size: number
  readonly length: number
  readonly #cells: Float64Array
  /** Where the next number goes, in [0, size). */
  #next = 0
  #count = 0

  constructor(size: number) {
    this.size = size
    this.length = size + 1
    this.#cells = new Float64Array(2 * size)
  }

  get isFull(): boolean {
    return this.#count === this.size
  }

  /** Of a full window. */
  get oldest(): number {
    return this.#cells[this.#next]!
  }

  get newest(): number {
    return this.#cells[this.#next + this.size - 1]!
  }

  push(value: number): void {
    this.#cells[this.#next] = value
    this.#cells[this.#next + this.size] = value
    this.#next = this.#next + 1 === this.size ? 0 : this.#next + 1
    if (this.#count < this.size) this.#count += 1
  }

  /** Number `index` of a full window, 0 the oldest. */
  at(index: number): number {
    return this.#cells[this.#next + index]!
  }

  clear(): void {
    this.#next = 0
    this.#count = 0
    this.#cells.fill(0)
  }

  /** `[count, numbers oldest first, zeros]`: where the ring begins does not matter. */
  save(): readonly number[] {
    const first = this.isFull ? this.#next : 0
    return [this.#count, ...this.#cells.subarray(first, first + this.size)]
  }

  restore(state: readonly number[]): void {
    const count = savedCount('count of a window', state[0], this.size)
    this.clear()
    for (let at = 0; at < count; at += 1) this.push(state[at + 1]!)
  }
}
