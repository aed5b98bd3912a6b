import { check } from '../../core/check.ts'
import type { Bar } from '../../market/bar.ts'
import {
  PathSignature,
  SIGNATURE_LENGTH,
  type SignatureTerms,
  scaleSignature,
  signatureIndex,
} from '../../market/signature.ts'

const TIME = signatureIndex([0])
const LOG_MID = signatureIndex([1])
const DEPTH = SIGNATURE_LENGTH
const VOLUME = SIGNATURE_LENGTH + 1
/** Numbers kept per bar: its signature, mean best queue and volume. */
const STRIDE = SIGNATURE_LENGTH + 2

/**
 * Signature of the path over the last `bars` bars: the Chen product of theirs, oldest first, taken anew at every close, so that it
 * depends on these bars alone and on nothing before them. Scaled so that it has no unit: time by the window's length, ln mid by
 * √Σ r² of the bars' returns, OFI by the mean best queue, signed volume by the volume traded. A path that stands still in a coordinate
 * that it would be divided by 0 in has zeros there; without any depth the terms are `NaN`.
 */
export class WindowSignature {
  readonly #bars: number
  /** [bars, STRIDE], a ring. */
  readonly #kept: Float64Array
  #next = 0
  #count = 0
  readonly #product = new PathSignature()

  constructor(bars: number) {
    check(Number.isSafeInteger(bars) && bars >= 1, 'bars of a window', bars)
    this.#bars = bars
    this.#kept = new Float64Array(bars * STRIDE)
  }

  push({ signature, bidDepthMean, askDepthMean, buyVolume, sellVolume }: Bar): void {
    check(signature?.length === SIGNATURE_LENGTH, 'a bar without its signature', signature?.length)
    const from = this.#next * STRIDE
    if (signature) this.#kept.set(signature, from)
    this.#kept[from + DEPTH] = (bidDepthMean + askDepthMean) / 2
    this.#kept[from + VOLUME] = buyVolume + sellVolume
    this.#next = (this.#next + 1) % this.#bars
    if (this.#count < this.#bars) this.#count += 1
  }

  /** All `NaN` until the window is full. */
  terms(): SignatureTerms {
    if (this.#count < this.#bars) return new Float64Array(SIGNATURE_LENGTH).fill(Number.NaN)
    const product = this.#product
    product.reset()
    let squares = 0
    let depth = 0
    let volume = 0
    for (let nth = 0; nth < this.#bars; nth += 1) {
      const bar = this.#row(nth)
      product.append(bar)
      squares += bar[LOG_MID]! ** 2
      depth += bar[DEPTH]!
      volume += bar[VOLUME]!
    }
    return scaleSignature(product.terms, [
      inverse(product.terms[TIME]!),
      inverse(Math.sqrt(squares)),
      depth > 0 ? this.#bars / depth : Number.NaN,
      inverse(volume),
    ])
  }

  clear(): void {
    this.#next = 0
    this.#count = 0
  }

  /** Length `1 + bars × STRIDE`: how many, then they, oldest first, then zeros. */
  save(): readonly number[] {
    const state = new Float64Array(1 + this.#bars * STRIDE)
    state[0] = this.#count
    for (let nth = 0; nth < this.#count; nth += 1) state.set(this.#row(nth), 1 + nth * STRIDE)
    return [...state]
  }

  restore(state: readonly number[]): void {
    const length = 1 + this.#bars * STRIDE
    check(state.length === length && state[0]! <= this.#bars, `state of ${length} numbers`, state.length)
    this.#count = state[0]!
    this.#next = this.#count % this.#bars
    this.#kept.set(state.slice(1))
  }

  /** The `nth` oldest. */
  #row(nth: number): Float64Array {
    const place = (this.#next - this.#count + nth + this.#bars) % this.#bars
    return this.#kept.subarray(place * STRIDE, (place + 1) * STRIDE)
  }
}

const inverse = (scale: number): number => (scale === 0 ? 0 : 1 / scale)
