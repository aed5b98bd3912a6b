import { check } from '../core/check.ts'
import type { FeatureRow, FeatureWindow } from './feature-row.ts'

/** The last `steps` rows of one instrument, [steps, features]. A row that is not usable empties it: its zeros must never reach a model. */
export class FeatureWindows {
  readonly #steps: number
  readonly #features: number
  readonly #ring: Float32Array
  #filled = 0

  constructor(steps: number, features: number) {
    this.#steps = steps
    this.#features = features
    this.#ring = new Float32Array(steps * features)
  }

  push(values: Float32Array, isUsable: boolean): void {
    this.#ring.copyWithin(0, this.#features)
    this.#ring.set(values, (this.#steps - 1) * this.#features)
    this.#filled = isUsable ? Math.min(this.#filled + 1, this.#steps) : 0
  }

  /** The row pushed last; a view. */
  newest(): Float32Array {
    return this.#ring.subarray((this.#steps - 1) * this.#features)
  }

  /** The window that ends in `row`, pushed last. The decision on a tainted bar itself abstains, whatever stands for it. */
  ending(row: FeatureRow): FeatureWindow {
    const ready = this.#filled === this.#steps && row.bar.taints.length === 0
    return { row, values: this.#ring.slice(), steps: this.#steps, ready }
  }

  get isUsable(): boolean {
    return this.#filled > 0
  }

  /** Length `1 + steps × features`. */
  save(): readonly number[] {
    return [this.#filled, ...this.#ring]
  }

  restore(state: readonly number[]): void {
    check(state.length === 1 + this.#ring.length, `window of ${this.#ring.length} numbers`, state.length)
    this.#filled = state[0]!
    this.#ring.set(state.slice(1))
  }
}
