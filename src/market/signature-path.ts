import { ASK_TICKS, BID_TICKS, type TopLevels } from './book.ts'
import { PathSignature, type SignatureTerms } from './signature.ts'

const mid = (top: TopLevels): number => top[BID_TICKS]! + top[ASK_TICKS]!

/**
 * Path of one bar and its signature: time in seconds since the bar's start, natural logarithm of the mid, cumulative OFI of the best
 * level and cumulative signed volume of the trades, both in base units. A point for each book event and each trade, in the order in
 * which they came: trades and books of a venue come in two streams, so an event stamped before the last one adds no time. Nothing
 * moves between two events: the path goes along the time axis first and then jumps, so that it may be cut anywhere and Chen's
 * identity joins the parts.
 */
export class SignaturePath {
  readonly signature = new PathSignature()
  /** Base units in one lot. */
  readonly #lotQuantity: number
  #at: number

  constructor(startAt: number, lotQuantity: number) {
    this.#at = startAt
    this.#lotQuantity = lotQuantity
  }

  /** Time up to which the path goes, milliseconds since the epoch. */
  get at(): number {
    return this.#at
  }

  /** Both books have two sides. `flowLots`: e_n of the best level between them. */
  book(at: number, before: TopLevels, now: TopLevels, flowLots: number): void {
    this.#wait(at)
    const logMid = Math.log(mid(now) / mid(before))
    this.signature.extend(0, logMid, flowLots * this.#lotQuantity, 0)
  }

  /** `lots` > 0: the aggressor bought. */
  trade(at: number, lots: number): void {
    this.#wait(at)
    this.signature.extend(0, 0, 0, lots * this.#lotQuantity)
  }

  /** The path ends at `at`. The terms are the caller's: the path is not to be used again. */
  closeAt(at: number): SignatureTerms {
    this.#wait(at)
    return this.signature.terms
  }

  restore(at: number, terms: readonly number[]): void {
    this.#at = at
    this.signature.restore(terms)
  }

  #wait(at: number): void {
    if (at <= this.#at) return
    this.signature.extend((at - this.#at) / 1_000, 0, 0, 0)
    this.#at = at
  }
}
