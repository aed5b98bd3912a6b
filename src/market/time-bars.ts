import { z } from 'zod'
import type { Converter } from '../core/instrument.ts'
import type { BookEvent, GapEvent, MarketEvent, TradeEvent } from '../core/market-event.ts'
import type { EpochMs } from '../core/units.ts'
import type { Bar } from './bar.ts'
import { barSpecText, type TimeBarSpec } from './bar-spec.ts'
import type { Book } from './book.ts'
import { carried, loadCarried, saveCarried, savedCarried, takeExternal } from './carried.ts'
import { closeBar } from './close-bar.ts'
import { takeMark } from './mark-state.ts'
import { addLiquidation, addTrade, markTaint, type OpenBar, openBar, TAINT_BIT } from './open-bar.ts'
import { loadState, savedNumbers, saveNumbers } from './saved-numbers.ts'
import { loadOpenBar, savedOpenBar, saveOpenBar } from './saved-open-bar.ts'
import { SignaturePath } from './signature-path.ts'
import { StandingBook, savedStandingBook } from './standing-book.ts'

/** Bars that may be open at once: events run ahead of the watermark by its lateness only. Later events are dropped and taint. */
export const OPEN_BARS_MAX = 128
/** Quiet bars that one watermark may close; a longer silence restarts the bars behind it. */
export const CLOSED_BARS_MAX = 1_024

const NONE: readonly Bar[] = []

interface TimeBarSettings {
  readonly converter: Converter
  readonly bar: TimeBarSpec
  readonly signature: boolean
}

/**
 * Time bars of one instrument, closed by watermarks only. Everything is put into its bar by exchange time, so that the bars do not
 * depend on how events of different streams interleave. Three exceptions: a liquidation whose bar is closed counts in the oldest open
 * one (venues publish them up to a second late); values from outside the exchange, whose clock is not the exchange's, stand in a bar
 * when they came before the watermark that closes it; a signature takes the bar's events in the order in which they came.
 */
export class TimeBars {
  lateTrades = 0
  readonly #converter: Converter
  readonly #barMs: number
  readonly #signature: boolean
  /** Start of `#open[0]`; NaN before the first event. */
  #fromAt = Number.NaN
  #open: OpenBar[] = []
  /** The book has been weighed up to here. */
  #bookAt = Number.NaN
  readonly #standing = new StandingBook()
  readonly #carried = carried()

  constructor({ converter, bar, signature }: TimeBarSettings) {
    this.#converter = converter
    this.#barMs = bar.ms
    this.#signature = signature
  }

  step(event: MarketEvent, book: Book): readonly Bar[] {
    switch (event.kind) {
      case 'book':
        this.#start(event.exchangeTime)
        this.#book(event, book)
        return NONE
      case 'trade':
        this.#start(event.exchangeTime)
        this.#trade(event)
        return NONE
      case 'mark':
        takeMark(this.#barAt(event.exchangeTime)?.mark ?? this.#carried.mark, event)
        return NONE
      case 'liquidation': {
        const bar = this.#barAt(event.exchangeTime) ?? this.#open[0]
        if (bar) addLiquidation(bar, event)
        return NONE
      }
      case 'external':
        takeExternal(this.#carried, event)
        return NONE
      case 'gap':
        this.#gap(event)
        return NONE
      case 'watermark':
        return this.#watermark(event.exchangeTime)
      default:
        return NONE
    }
  }

  save(): z.infer<typeof savedTimeBars> {
    return {
      bar: this.#text,
      signature: this.#signature,
      numbers: saveNumbers([this.lateTrades, this.#fromAt, this.#bookAt]),
      book: this.#standing.save(),
      carried: saveCarried(this.#carried),
      open: this.#open.map(saveOpenBar),
    }
  }

  restore(saved: unknown): void {
    const what = `${this.#text} bars`
    const schema = savedTimeBars.extend({ bar: z.literal(this.#text), signature: z.literal(this.#signature) })
    const { numbers, book, carried: carry, open } = loadState(schema, saved, what)
    ;[this.lateTrades, this.#fromAt, this.#bookAt] = numbers.map(Number) as [number, number, number]
    this.#standing.restore(book)
    loadCarried(this.#carried, carry)
    this.#open = open.map((bar, index) => loadOpenBar(bar, this.#path(index)))
  }

  get #text(): string {
    return `${this.#converter.instrument.symbol} ${barSpecText({ kind: 'time', ms: this.#barMs })}`
  }

  #start(at: number): void {
    if (!Number.isNaN(this.#fromAt)) return
    this.#fromAt = Math.floor(at / this.#barMs) * this.#barMs
    this.#bookAt = this.#fromAt
    if (at > this.#fromAt) markTaint(this.#barAt(at)!, TAINT_BIT.partial)
  }

  /** The bar that holds `at`, opened when needed; none when it is closed, too far ahead, or bars have not begun. */
  #barAt(at: number): OpenBar | undefined {
    const index = Math.floor((at - this.#fromAt) / this.#barMs)
    if (!(index >= 0 && index < OPEN_BARS_MAX)) return undefined
    while (this.#open.length <= index) this.#open.push(openBar(this.#path(this.#open.length)))
    return this.#open[index]
  }

  #path(index: number): SignaturePath | undefined {
    const startAt = this.#fromAt + index * this.#barMs
    return this.#signature ? new SignaturePath(startAt, this.#converter.quantity(1)) : undefined
  }

  #book(event: BookEvent, book: Book): void {
    const isMad = event.exchangeTime >= this.#fromAt + OPEN_BARS_MAX * this.#barMs
    const at = Math.max(isMad ? this.#bookAt : event.exchangeTime, this.#fromAt)
    this.#weighUntil(at)
    const bar = this.#barAt(at)!
    // The book did change, but nobody knows when.
    if (isMad) markTaint(bar, TAINT_BIT.gap)
    this.#standing.change(book, bar, at)
    if (event.type === 'delta') bar.bookUpdateCount += 1
  }

  /** Spreads the standing book over the time up to `at`, bar by bar, and keeps what stands at each close. */
  #weighUntil(at: number): void {
    while (this.#bookAt < at) {
      const index = Math.floor((this.#bookAt - this.#fromAt) / this.#barMs)
      const endAt = this.#fromAt + (index + 1) * this.#barMs
      const bar = this.#barAt(this.#bookAt)
      if (!bar) return
      const until = Math.min(at, endAt)
      this.#standing.weigh(bar, until - this.#bookAt)
      if (until === endAt) bar.closing = this.#standing.top
      this.#bookAt = until
    }
  }

  #trade(event: TradeEvent): void {
    const { exchangeTime, size, side } = event
    const bar = this.#barAt(exchangeTime)
    if (bar) {
      addTrade(bar, event)
      bar.path?.trade(exchangeTime, side === 'buy' ? size : -size)
      return
    }
    this.lateTrades += 1
    // Too far ahead to be believed: it did happen, but nobody knows when.
    if (exchangeTime > this.#fromAt) markTaint(this.#open.at(-1) ?? this.#barAt(this.#fromAt)!, TAINT_BIT.gap)
  }

  #gap({ reason, exchangeTime }: GapEvent): void {
    // Trades alone are missing, up to the one that showed it.
    if (reason === 'trades') this.#barAt(exchangeTime)
    else this.#standing.lose()
    if (Number.isNaN(this.#fromAt)) return
    this.#barAt(Math.max(this.#bookAt, this.#fromAt))
    for (const bar of this.#open) markTaint(bar, TAINT_BIT.gap)
  }

  #watermark(at: number): readonly Bar[] {
    const { symbol } = this.#converter.instrument
    const boundary = Math.floor(at / this.#barMs) * this.#barMs
    if (Number.isNaN(this.#fromAt)) {
      this.#fromAt = Math.ceil(at / this.#barMs) * this.#barMs
      this.#bookAt = this.#fromAt
      return NONE
    }
    if (boundary <= this.#fromAt) return NONE
    const quiet = (boundary - this.#fromAt) / this.#barMs
    const count = quiet > CLOSED_BARS_MAX ? Math.max(this.#open.length, 1) : quiet
    const closed: Bar[] = []
    for (let nth = 0; nth < count; nth += 1) {
      const startAt = this.#fromAt as EpochMs
      const endAt = (startAt + this.#barMs) as EpochMs
      this.#weighUntil(endAt)
      const bar = this.#open.shift() ?? openBar(this.#path(0))
      this.#fromAt = endAt
      closed.push(closeBar(bar, this.#converter, { symbol, startAt, endAt }, this.#carried))
    }
    if (this.#fromAt < boundary) {
      this.#fromAt = boundary
      this.#bookAt = boundary
    }
    return closed
  }
}

const savedTimeBars = z.strictObject({
  /** Symbol and length. */
  bar: z.string(),
  signature: z.boolean(),
  /** Late trades, `#fromAt`, `#bookAt`. */
  numbers: savedNumbers(3),
  book: savedStandingBook,
  carried: savedCarried,
  open: z.array(savedOpenBar).max(OPEN_BARS_MAX),
})
