/** Lets one train at a time, in the order in which they asked. The line is as long as there are families at most. */
export class TrainingSlot {
  /** The first of them trains, or may begin. */
  readonly #line = new Set<object>()

  /** Whether it is the turn of `who`, who stands in line from now on until `leave`. */
  take(who: object): boolean {
    this.#line.add(who)
    return this.#line.values().next().value === who
  }

  isWaiting(who: object): boolean {
    return this.#line.has(who)
  }

  /** It has trained, or wants to no more. */
  leave(who: object): void {
    this.#line.delete(who)
  }
}
