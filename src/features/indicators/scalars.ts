import type { Part } from './part.ts'

/** A few named numbers. `now` is read and written in place. */
export class Scalars<Name extends string> implements Part {
  readonly now: Record<Name, number>
  readonly length: number
  readonly #first: Readonly<Record<Name, number>>
  readonly #names: readonly Name[]

  constructor(first: Readonly<Record<Name, number>>) {
    this.#first = first
    this.#names = Object.keys(first) as Name[]
    this.length = this.#names.length
    this.now = { ...first }
  }

  clear(): void {
    Object.assign(this.now, this.#first)
  }

  save(): readonly number[] {
    return this.#names.map((name) => this.now[name])
  }

  restore(state: readonly number[]): void {
    for (const [at, name] of this.#names.entries()) this.now[name] = state[at]!
  }
}
