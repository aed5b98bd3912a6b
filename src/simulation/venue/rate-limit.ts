import type { EpochMs } from '../../core/units.ts'

const MINUTE_MS = 60_000

/** Orders and cancels within one minute of the clock, as Binance counts (`ORDERS` limits of `exchangeInfo`, interval `MINUTE`). */
export class RateLimit {
  readonly #max: number
  #minute = -1
  #count = 0

  /** `max` 0: no limit. */
  constructor(max: number) {
    this.#max = max
  }

  /** Counts a message sent at `now`. False: it is one too many, and the venue refuses it. */
  admits(now: EpochMs): boolean {
    if (this.#max === 0) return true
    const minute = Math.floor(now / MINUTE_MS)
    if (minute !== this.#minute) {
      this.#minute = minute
      this.#count = 0
    }
    this.#count += 1
    return this.#count <= this.#max
  }
}
