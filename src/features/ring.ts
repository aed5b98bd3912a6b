import { check } from '../core/check.ts'

/** The last `size` numbers. */
export class Ring {
  readonly size: number
  readonly #values: Float64Array
  #next = 0
  #length = 0

  constructor(size: number) {
    check(Number.isSafeInteger(size) && size >= 1, 'size of a ring', size)
    this.size = size
    this.#values = new Float64Array(size)
  }

  get length(): number {
    return this.#length
  }

  get isFull(): boolean {
    return this.#length === this.size
  }

  push(value: number): void {
    this.#values[this.#next] = value
    this.#next = this.#next + 1 === this.size ? 0 : this.#next + 1
    if (this.#length < this.size) this.#length += 1
  }

  /** The number pushed `ago` pushes before the newest one; `NaN` before the first. */
  at(ago: number): number {
    if (ago >= this.#length) return Number.NaN
    const index = this.#next - 1 - ago
    return this.#values[index < 0 ? index + this.size : index]!
  }

  /** Added one by one, oldest first: the same numbers give the same bits, whatever was pushed before them. */
  sum(): number {
    const values = this.#values
    const first = this.#next - this.#length
    let total = 0
    if (first < 0) for (let index = first + this.size; index < this.size; index += 1) total += values[index]!
    for (let index = Math.max(first, 0); index < this.#next; index += 1) total += values[index]!
    return total
  }

  /** The same from the newest on. */
  sumNewestFirst(): number {
    const values = this.#values
    const first = this.#next - this.#length
    let total = 0
    for (let index = this.#next - 1; index >= Math.max(first, 0); index -= 1) total += values[index]!
    if (first < 0) for (let index = this.size - 1; index >= first + this.size; index -= 1) total += values[index]!
    return total
  }

  clear(): void {
    this.#next = 0
    this.#length = 0
  }

  /** Length `size + 1`: how many, then they, oldest first, then zeros. */
  save(): readonly number[] {
    return Array.from({ length: this.size + 1 }, (_, place) => {
      if (place === 0) return this.#length
      return place <= this.#length ? this.at(this.#length - place) : 0
    })
  }

  restore(state: readonly number[]): void {
    check(state.length === this.size + 1 && state[0]! <= this.size, `state of a ring of ${this.size}`, state.length)
    this.clear()
    for (const value of state.slice(1, 1 + state[0]!)) this.push(value)
  }
}
