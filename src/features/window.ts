import { check } from '../core/check.ts'
import type { FeatureRow, FeatureWindow } from './feature-row.ts'

/** Rows that are written behind each other before a new run of memory begins. */
const SLAB_ROWS = 256

/**
 * The last `steps` rows of one instrument, [steps, features]. A row that is not usable empties it: its zeros must never reach a model.
 * Rows stand behind each other in memory that is written once, so a window is a view of it, and what it shows never changes.
 */
export class FeatureWindows {
  readonly #steps: number
  readonly #features: number
  #slab: Float32Array
  /** Rows of the slab that are pushed; the first `steps` are zeros. */
  #rows: number
  #filled = 0

  constructor(steps: number, features: number) {
    this.#steps = steps
    this.#features = features
    this.#slab = new Float32Array((steps + SLAB_ROWS) * features)
    this.#rows = steps
  }

  /** The row that comes next, to be written in place: [features], zeros at first. */
  open(): Float32Array {
    const from = this.#rows * this.#features
    if (from < this.#slab.length) return this.#slab.subarray(from, from + this.#features)
    this.#begin(this.#last(this.#steps))
    return this.open()
  }

  /** What was opened stands. */
  push(isUsable: boolean): void {
    this.#rows += 1
    this.#filled = isUsable ? Math.min(this.#filled + 1, this.#steps) : 0
  }

  /** The row pushed last. */
  newest(): Float32Array {
    return this.#last(1)
  }

  /** The window that ends in `row`, pushed last. The decision on a tainted bar itself abstains, whatever stands for it. */
  ending(row: FeatureRow): FeatureWindow {
    const ready = this.#filled === this.#steps && row.bar.taints.length === 0
    return { row, values: this.#last(this.#steps), steps: this.#steps, ready }
  }

  get isUsable(): boolean {
    return this.#filled > 0
  }

  /** Length `1 + steps × features`. */
  save(): readonly number[] {
    return [this.#filled, ...this.#last(this.#steps)]
  }

  restore(state: readonly number[]): void {
    const length = this.#steps * this.#features
    check(state.length === 1 + length, `window of ${length} numbers`, state.length)
    this.#filled = state[0]!
    this.#begin(state.slice(1))
  }

  /** Views of memory that is shared: nobody writes to it. */
  #last(rows: number): Float32Array {
    const end = this.#rows * this.#features
    return this.#slab.subarray(end - rows * this.#features, end)
  }

  #begin(window: ArrayLike<number>): void {
    this.#slab = new Float32Array((this.#steps + SLAB_ROWS) * this.#features)
    this.#slab.set(window)
    this.#rows = this.#steps
  }
}
