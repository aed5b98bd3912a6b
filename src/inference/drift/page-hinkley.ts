export interface PageHinkleySettings {
  /** Values before it may fire. */
  readonly valuesMin: number
  /** δ: rise of the mean that is tolerated, in the unit of the values. */
  readonly tolerance: number
  /** λ: sum of excesses at which it fires. */
  readonly threshold: number
  /** α: what is left of the sum after each value, above 0 to 1. */
  readonly forgetting: number
}

/** Plain JSON. */
export interface PageHinkleyState {
  readonly count: number
  readonly mean: number
  readonly sum: number
}

const FRESH: PageHinkleyState = { count: 0, mean: 0, sum: 0 }

/**
 * Page–Hinkley test for a rise of the mean (Page 1954), with the conventions of river's `drift.PageHinkley`: m is the running mean, this
 * value included; s = max(0, αs + x − m − δ); it fires at s ≥ λ, from one value before `valuesMin` on, and starts anew after it.
 */
export class PageHinkley {
  readonly #settings: PageHinkleySettings
  #state: PageHinkleyState

  constructor(settings: PageHinkleySettings, saved: PageHinkleyState = FRESH) {
    this.#settings = settings
    this.#state = saved
  }

  /** Whether it fires at this value. */
  push(value: number): boolean {
    const { valuesMin, tolerance, threshold, forgetting } = this.#settings
    const count = this.#state.count + 1
    const mean = this.#state.mean + (value - this.#state.mean) / count
    const sum = Math.max(0, forgetting * this.#state.sum + (value - mean - tolerance))
    // river counts from 1 and looks after counting.
    const fires = count + 1 >= valuesMin && sum >= threshold
    this.#state = fires ? FRESH : { count, mean, sum }
    return fires
  }

  save(): PageHinkleyState {
    return this.#state
  }
}
