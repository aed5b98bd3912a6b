import { check } from '../../core/check.ts'

/**
 * Flow that fades: Σ x_n 2^−((t − t_n) ÷ h) for several half-lives h at once; unit of x. With e_n it is the decayed OFI of Cont, Kukanov,
 * Stoikov 2014's events, in clock time when `at` is in milliseconds, in event time when `at` counts events. An event stamped before
 * the last one counts at that one's time.
 */
export class DecayedFlow {
  /** Unit of `at`. */
  readonly halfLives: readonly number[]
  readonly #sums: Float64Array
  #at = Number.NaN

  constructor(halfLives: readonly number[]) {
    for (const each of halfLives) check(Number.isFinite(each) && each > 0, 'half-life', each)
    this.halfLives = halfLives
    this.#sums = new Float64Array(halfLives.length)
  }

  add(at: number, flow: number): void {
    const elapsed = at > this.#at ? at - this.#at : 0
    for (let nth = 0; nth < this.#sums.length; nth += 1) {
      this.#sums[nth] = this.#sums[nth]! * fade(elapsed, this.halfLives[nth]!) + flow
    }
    if (!(at <= this.#at)) this.#at = at
  }

  /** [halfLives] as seen at `at`; changes nothing. 0 before the first event. */
  valuesAt(at: number): number[] {
    const elapsed = at > this.#at ? at - this.#at : 0
    return this.halfLives.map((halfLife, nth) => this.#sums[nth]! * fade(elapsed, halfLife))
  }

  reset(): void {
    this.#sums.fill(0)
    this.#at = Number.NaN
  }

  /** Length `2 + halfLives.length`: whether there was an event, its time, then the sums. Finite, so that JSON keeps it. */
  save(): number[] {
    return Number.isNaN(this.#at) ? [0, 0, ...this.#sums] : [1, this.#at, ...this.#sums]
  }

  restore(state: readonly number[]): void {
    const length = 2 + this.#sums.length
    check(state.length === length, `state of ${length} numbers`, state.length)
    const [began, at, ...sums] = state
    this.#at = began === 1 ? at! : Number.NaN
    this.#sums.set(sums)
  }
}

const fade = (elapsed: number, halfLife: number): number => 2 ** (-elapsed / halfLife)
