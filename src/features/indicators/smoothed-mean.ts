import { type Part, savedCount } from './part.ts'

/** m ← m + weight × (x − m), begun by the plain mean of the first `seedCount` numbers; NaN before. */
export class SmoothedMean implements Part {
  readonly length = 2
  readonly #seedCount: number
  readonly #weight: number
  #count = 0
  /** The sum of the seed, then the mean. */
  #value = 0

  constructor(seedCount: number, weight: number) {
    this.#seedCount = seedCount
    this.#weight = weight
  }

  /** Exponential: weight 2 / (period + 1). */
  static exponential(period: number): SmoothedMean {
    return new SmoothedMean(period, 2 / (period + 1))
  }

  /** Wilder 1978: weight 1 / period. */
  static wilder(period: number): SmoothedMean {
    return new SmoothedMean(period, 1 / period)
  }

  get value(): number {
    return this.#count === this.#seedCount ? this.#value : Number.NaN
  }

  push(x: number): number {
    if (this.#count === this.#seedCount) {
      this.#value += this.#weight * (x - this.#value)
      return this.#value
    }
    this.#count += 1
    this.#value += x
    if (this.#count === this.#seedCount) this.#value /= this.#seedCount
    return this.value
  }

  clear(): void {
    this.#count = 0
    this.#value = 0
  }

  save(): readonly number[] {
    return [this.#count, this.#value]
  }

  restore(state: readonly number[]): void {
    this.#count = savedCount('count of a smoothed mean', state[0], this.#seedCount)
    this.#value = state[1]!
  }
}
