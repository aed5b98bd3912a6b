import { epochMs } from '../../core/units.ts'
import type { VenueDesk } from './venue-desk.ts'

/** Lets happen what is on the agenda, in order, and never in the middle of an event of the market. */
export class Timeline {
  readonly #desk: VenueDesk
  #isBusy = false

  constructor(desk: VenueDesk) {
    this.#desk = desk
  }

  /** Everything on the agenda up to `until`, that moment included or not. Called from within an event it leaves that to the outer call. */
  runUntil(until: number, inclusive = true): void {
    if (this.#isBusy) return
    const { agenda } = this.#desk
    this.#isBusy = true
    for (let at = agenda.nextAt; inclusive ? at <= until : at < until; at = agenda.nextAt) {
      if (at > this.#desk.now) this.#desk.now = epochMs(at)
      agenda.take()()
    }
    this.#isBusy = false
  }

  /** An event begins: what subscribers send before its end is looked at after it. */
  begin(): void {
    this.#isBusy = true
  }

  end(): void {
    this.#isBusy = false
    if (this.#desk.agenda.nextAt <= this.#desk.now) this.runUntil(this.#desk.now)
  }
}
