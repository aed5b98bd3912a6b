import { check } from '../../core/check.ts'

/** Happenings that may wait at once; orders, answers and cancels are few, so more is a bug. */
const AGENDA_MAX = 100_000

interface Entry<T> {
  readonly at: number
  readonly what: T
}

/** Future happenings in the order of their time, equal times in the order of their making. Sorted on insertion: most come last. */
export class Agenda<T> {
  #entries: Entry<T>[] = []
  /** Entries before it are done; they are dropped in bulk. */
  #head = 0

  get size(): number {
    return this.#entries.length - this.#head
  }

  /** Time of the next happening; infinity when there is none. */
  get nextAt(): number {
    return this.#entries[this.#head]?.at ?? Number.POSITIVE_INFINITY
  }

  add(at: number, what: T): void {
    check(this.size < AGENDA_MAX, 'entries of the agenda', this.size)
    let place = this.#entries.length
    while (place > this.#head && this.#entries[place - 1]!.at > at) place -= 1
    this.#entries.splice(place, 0, { at, what })
  }

  /** Takes out what will not happen after all. */
  drop(what: T): void {
    const place = this.#entries.findIndex((entry, at) => at >= this.#head && entry.what === what)
    if (place >= 0) this.#entries.splice(place, 1)
  }

  /** Takes the next happening out; call it while `nextAt` is due. */
  take(): T {
    const { what } = this.#entries[this.#head]!
    this.#head += 1
    if (this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head)
      this.#head = 0
    }
    return what
  }
}
