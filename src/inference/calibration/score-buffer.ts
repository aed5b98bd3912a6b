import { check } from '../../core/check.ts'

/** The last `size` scores, also in order. */
export class ScoreBuffer {
  readonly #size: number
  /** Oldest first, once it is full from `#next` on. */
  readonly #ring: number[] = []
  readonly #sorted: number[] = []
  #next = 0

  constructor(size: number, saved: readonly number[] = []) {
    this.#size = size
    for (const score of saved) this.push(score)
  }

  /** Ascending; a view. */
  get sorted(): readonly number[] {
    return this.#sorted
  }

  push(score: number): void {
    check(Number.isFinite(score), 'finite score', score)
    if (this.#ring.length === this.#size) this.#sorted.splice(placeOf(this.#sorted, this.#ring[this.#next]!), 1)
    this.#ring[this.#next] = score
    this.#next = (this.#next + 1) % this.#size
    this.#sorted.splice(placeOf(this.#sorted, score), 0, score)
  }

  /** Oldest first, at most `size` of them. */
  save(): readonly number[] {
    if (this.#ring.length < this.#size) return this.#ring.slice()
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)]
  }
}

/** First position whose value is not below `value`. */
function placeOf(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
