import { type Part, savedCount } from './part.ts'

/** Counts steps up to `max` and stays there. */
export class Counter implements Part {
  readonly length = 1
  readonly #max: number
  #count = 0

  constructor(max: number) {
    this.#max = max
  }

  get value(): number {
    return this.#count
  }

  get isDone(): boolean {
    return this.#count === this.#max
  }

  step(): void {
    if (this.#count < this.#max) this.#count += 1
  }

  clear(): void {
    this.#count = 0
  }

  save(): readonly number[] {
    return [this.#count]
  }

  restore(state: readonly number[]): void {
    this.#count = savedCount('counter', state[0], this.#max)
  }
}
