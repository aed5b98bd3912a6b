import { InputError } from '../../core/errors.ts'
import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import type { Bar } from '../../market/bar.ts'
import type { SessionRecord } from '../tape/tape-control.ts'

/** What of the bars is asked for: those that begin at `from` or later and end at `to` or before, milliseconds since the epoch. */
export interface BarSpan {
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** What a gate remembers, for JSON: of each instrument the end of its last bar and the run (start of its session) that wrote it. */
export type BarGateState = Readonly<Record<InstrumentSymbol, readonly [endAt: number, run: number]>>

const STEPS = ['tickSize', 'lotSize', 'contractSize'] as const

/** Makes one stream out of several runs of the daemon. Of two bars of one instant it lets the first pass. */
export class BarGate {
  readonly #from: number
  readonly #to: number
  readonly #last = new Map<InstrumentSymbol, readonly [endAt: number, run: number]>()
  readonly #instruments = new Map<InstrumentSymbol, Instrument>()
  #venueId: string | undefined

  constructor({ from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: BarSpan) {
    this.#from = from
    this.#to = to
  }

  /** Before the bars of a file. Throws `InputError` when it does not go with the files before it. */
  admit({ venueId, instruments }: SessionRecord, path: string): void {
    this.#venueId ??= venueId
    if (venueId !== this.#venueId) {
      throw new InputError(`${path}: its venue is ${venueId}; the files before it are of ${this.#venueId}`, { path })
    }
    for (const instrument of instruments) {
      const before = this.#instruments.get(instrument.symbol) ?? instrument
      this.#instruments.set(instrument.symbol, before)
      const changed = STEPS.find((step) => Number(before[step]) !== Number(instrument[step]))
      if (changed === undefined) continue
      throw new InputError(
        `${path}: ${changed} of ${instrument.symbol} is ${instrument[changed]}; in the files before it was ${before[changed]}. Begin a new log`,
        { path },
      )
    }
  }

  /** Of bars that belong together, those that are wanted and new. */
  pass(bars: readonly Bar[], run: number): readonly Bar[] {
    return bars.filter((bar) => {
      const last = this.#last.get(bar.symbol)
      // Within one run several event bars may end in one millisecond.
      if (last && last[1] !== run && bar.startAt < last[0]) return false
      this.#last.set(bar.symbol, [bar.endAt, run])
      return bar.startAt >= this.#from && bar.endAt <= this.#to
    })
  }

  save(): BarGateState {
    return Object.fromEntries(this.#last)
  }

  restore(state: BarGateState): void {
    this.#last.clear()
    for (const [symbol, last] of Object.entries(state)) this.#last.set(symbol, last)
  }
}
