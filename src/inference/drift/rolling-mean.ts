/** Plain JSON. `sum` is kept as it was added up, so that a restored mean goes on bit for bit. */
export interface RollingMeanState {
  readonly values: readonly number[]
  readonly sum: number
  readonly next: number
  readonly total: number
  readonly count: number
}

/** Mean of the last `size` values, and of all. */
export class RollingMean {
  readonly #size: number
  readonly #values: number[]
  #sum: number
  #next: number
  #total: number
  #count: number

  constructor(size: number, saved?: RollingMeanState) {
    this.#size = size
    this.#values = saved ? [...saved.values] : []
    this.#sum = saved?.sum ?? 0
    this.#next = saved?.next ?? 0
    this.#total = saved?.total ?? 0
    this.#count = saved?.count ?? 0
  }

  push(value: number): void {
    this.#sum += value - (this.#values[this.#next] ?? 0)
    this.#values[this.#next] = value
    this.#next = (this.#next + 1) % this.#size
    // Rounding errors must not pile up over months.
    if (this.#next === 0) this.#sum = this.#values.reduce((sum, each) => sum + each, 0)
    this.#total += value
    this.#count += 1
  }

  /** Values in the window. */
  get length(): number {
    return this.#values.length
  }

  /** Values that there ever were. */
  get count(): number {
    return this.#count
  }

  /** NaN before the first value. */
  get mean(): number {
    return this.#sum / this.#values.length
  }

  get meanOfAll(): number {
    return this.#total / this.#count
  }

  save(): RollingMeanState {
    return {
      values: [...this.#values],
      sum: this.#sum,
      next: this.#next,
      total: this.#total,
      count: this.#count,
    }
  }
}
