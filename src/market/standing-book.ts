import { z } from 'zod'
import { BOOK_LEVELS } from './bar.ts'
import { type Book, hasBothSides, type TopLevels, topLevels } from './book.ts'
import { markTaint, type OpenBar, TAINT_BIT, weighBook } from './open-bar.ts'
import { addOrderFlow } from './order-flow.ts'
import { loadNumbers, type SavedNumber, savedNumbers, saveNumbers } from './saved-numbers.ts'

export const savedStandingBook = z.strictObject({
  top: savedNumbers(4 * BOOK_LEVELS),
  stands: z.boolean(),
  everStood: z.boolean(),
})

/** The top of the book as the bars saw it last: what the next change is measured against, and what is weighed over time. */
export class StandingBook {
  #top = topLevels()
  #next = topLevels()
  /** `#top` has both sides, and nothing has been lost since. */
  #stands = false
  #everStood = false

  get stands(): boolean {
    return this.#stands
  }

  /** A copy; none while no valid book stands. */
  get top(): TopLevels | undefined {
    return this.#stands ? this.#top.slice() : undefined
  }

  /** Takes over the changed book; the flow between the two goes to `bar`, at the time `at`. */
  change(book: Book, bar: OpenBar, at: number): void {
    const before = this.#top
    const now = this.#next
    book.readTop(now)
    const isWhole = hasBothSides(now)
    if (this.#stands) {
      const flowBefore = bar.flowLots[0]!
      addOrderFlow(before, now, bar.flowLots)
      if (bar.path && isWhole) bar.path.book(at, before, now, bar.flowLots[0]! - flowBefore)
    }
    this.#top = now
    this.#next = before
    this.#stands = isWhole
    this.#everStood = true
  }

  /** The book stood for `ms` milliseconds of `bar`, or part of it went by without a book: then flow is missing from it. */
  weigh(bar: OpenBar, ms: number): void {
    if (this.#stands) weighBook(bar, this.#top, ms)
    else this.taint(bar)
  }

  /** `bar` is without a book for a while: it was lost, or has not come yet. */
  taint(bar: OpenBar): void {
    markTaint(bar, this.#everStood ? TAINT_BIT.gap : TAINT_BIT.partial)
  }

  lose(): void {
    this.#stands = false
  }

  save(): { top: SavedNumber[]; stands: boolean; everStood: boolean } {
    return { top: saveNumbers(this.#top), stands: this.#stands, everStood: this.#everStood }
  }

  restore({ top, stands, everStood }: z.infer<typeof savedStandingBook>): void {
    this.#top.set(loadNumbers(top))
    this.#stands = stands
    this.#everStood = everStood
  }
}
