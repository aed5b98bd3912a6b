import { z } from 'zod'
import { check } from '../core/check.ts'
import { InputError } from '../core/errors.ts'
import type { Converter } from '../core/instrument.ts'
import type { EpochMs } from '../core/units.ts'
import { addBar } from './add-bar.ts'
import type { Bar } from './bar.ts'
import { carried, loadCarried, saveCarried, savedCarried } from './carried.ts'
import { closeBar } from './close-bar.ts'
import { markTaint, type OpenBar, openBar, TAINT_BIT } from './open-bar.ts'
import { loadNumbers, savedNumbers, saveNumbers } from './saved-numbers.ts'
import { loadOpenBar, savedOpenBar, saveOpenBar } from './saved-open-bar.ts'
import { concatenateSignatures, SIGNATURE_LENGTH, type SignatureTerms } from './signature.ts'

const NONE: readonly Bar[] = []

interface HigherBarSettings {
  readonly converter: Converter
  /** Length of the bars handed in, milliseconds, and of those that come out: a multiple. */
  readonly baseMs: number
  readonly ms: number
}

/** Bars of one length out of shorter ones, see `timeframes.ts`. */
export class HigherBars {
  readonly #converter: Converter
  readonly #baseMs: number
  readonly #ms: number
  #open: OpenBar | undefined
  #startAt = Number.NaN
  /** Where the next base bar should begin; NaN before the first. */
  #nextAt = Number.NaN
  /** Close of the last base bar, quote currency. */
  #close = Number.NaN
  #signature: SignatureTerms | undefined
  readonly #carried = carried()

  constructor({ converter, baseMs, ms }: HigherBarSettings) {
    this.#converter = converter
    this.#baseMs = baseMs
    this.#ms = ms
  }

  step(bar: Bar): readonly Bar[] {
    check(bar.endAt - bar.startAt === this.#baseMs, 'length of the base bar, ms', bar.endAt - bar.startAt)
    check(!(bar.startAt < this.#nextAt), 'base bars in order', bar.startAt)
    const isBroken = bar.startAt > this.#nextAt
    let closed = NONE
    if (this.#open && isBroken) {
      markTaint(this.#open, TAINT_BIT.gap)
      if (bar.startAt >= this.#startAt + this.#ms) {
        // How the book stood at the end nobody knows.
        this.#open.closing = undefined
        closed = [this.#end(this.#open)]
      }
    }
    const open = this.#open ?? this.#begin(bar.startAt, isBroken ? TAINT_BIT.gap : TAINT_BIT.partial)
    this.#add(open, bar)
    return bar.endAt === this.#startAt + this.#ms ? [...closed, this.#end(open)] : closed
  }

  save(): z.infer<typeof savedHigherBars> {
    return {
      ms: this.#ms,
      numbers: saveNumbers([this.#startAt, this.#nextAt, this.#close]),
      open: this.#open ? saveOpenBar(this.#open) : null,
      signature: this.#signature ? saveNumbers(this.#signature) : null,
      carried: saveCarried(this.#carried),
    }
  }

  restore({ ms, numbers, open, signature, carried: carry }: z.infer<typeof savedHigherBars>): void {
    if (ms !== this.#ms) {
      throw new InputError(`the saved timeframe was ${ms} ms; it must be ${this.#ms} ms`, { ms })
    }
    const [startAt, nextAt, close] = loadNumbers(numbers)
    this.#startAt = startAt!
    this.#nextAt = nextAt!
    this.#close = close!
    this.#open = open ? loadOpenBar(open, undefined) : undefined
    this.#signature = signature ? Float64Array.from(loadNumbers(signature)) : undefined
    loadCarried(this.#carried, carry)
  }

  #begin(at: number, taintWhenInside: number): OpenBar {
    this.#startAt = Math.floor(at / this.#ms) * this.#ms
    const open = openBar()
    if (at > this.#startAt) markTaint(open, taintWhenInside)
    this.#open = open
    return open
  }

  #add(open: OpenBar, bar: Bar): void {
    addBar(open, bar, this.#converter)
    this.#nextAt = bar.endAt
    this.#close = bar.close
    this.#carried.externals = bar.externals
    if (!bar.signature) return
    this.#signature = this.#signature ? concatenateSignatures(this.#signature, bar.signature) : bar.signature.slice()
  }

  #end(open: OpenBar): Bar {
    const { symbol } = this.#converter.instrument
    const span = { symbol, startAt: this.#startAt as EpochMs, endAt: (this.#startAt + this.#ms) as EpochMs }
    const bar = closeBar(open, this.#converter, span, this.#carried)
    const signature = this.#signature
    const close = this.#close
    this.#open = undefined
    this.#signature = undefined
    return {
      ...bar,
      ...(bar.tradeCount === 0 && { open: close, high: close, low: close, close }),
      ...(signature && { signature }),
    }
  }
}

export const savedHigherBars = z.strictObject({
  ms: z.number(),
  /** `#startAt`, `#nextAt`, `#close`. */
  numbers: savedNumbers(3),
  open: savedOpenBar.nullable(),
  signature: savedNumbers(SIGNATURE_LENGTH).nullable(),
  carried: savedCarried,
})
