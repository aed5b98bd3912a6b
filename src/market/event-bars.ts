import { z } from 'zod'
import type { Converter } from '../core/instrument.ts'
import type { BookEvent, GapEvent, MarketEvent, TradeEvent } from '../core/market-event.ts'
import type { EpochMs } from '../core/units.ts'
import type { Bar } from './bar.ts'
import { type BarRule, barRule } from './bar-rule.ts'
import { barSpecText, type EventBarSpec } from './bar-spec.ts'
import type { Book } from './book.ts'
import { carried, loadCarried, saveCarried, savedCarried, takeExternal } from './carried.ts'
import { closeBar } from './close-bar.ts'
import { takeMark } from './mark-state.ts'
import { addLiquidation, addTrade, markTaint, type OpenBar, openBar, TAINT_BIT } from './open-bar.ts'
import { loadState, savedNumber, savedNumbers, saveNumbers } from './saved-numbers.ts'
import { loadOpenBar, savedOpenBar, saveOpenBar } from './saved-open-bar.ts'
import { SignaturePath } from './signature-path.ts'
import { StandingBook, savedStandingBook } from './standing-book.ts'

/** Milliseconds. A longer step forward of the exchange clock needs a second event: one mad time must not move all bars to come. */
export const CLOCK_LEAP_MS_MAX = 600_000

const NONE: readonly Bar[] = []

interface EventBarSettings {
  readonly converter: Converter
  readonly bar: EventBarSpec
  readonly signature: boolean
}

/**
 * Tick, volume, dollar and imbalance bars of one instrument: each ends with the trade that completes it, which belongs to it whole
 * (no trade is split). They take the events in the order in which they came, so every trade is in exactly one bar; a trade with an
 * exchange time before the end of the last bar is counted as late and still belongs to the open one.
 *
 * The clock is the latest exchange time seen, of books and trades. A bar starts where the last one ended and ends at the clock, but
 * at least 1 ms after its start: bars that end within one millisecond come out one millisecond apart, ahead of the clock, and fall
 * back to it as soon as it has caught up. Start and end therefore ascend strictly, in whole milliseconds. The book is weighed up to
 * the clock. The first bar begins with the first book or trade.
 */
export class EventBars {
  lateTrades = 0
  readonly #converter: Converter
  readonly #spec: EventBarSpec
  readonly #signature: boolean
  readonly #rule: BarRule
  /** None before the first event. */
  #bar: OpenBar | undefined
  #startAt = Number.NaN
  /** The clock at the last close. */
  #closedAt = Number.NEGATIVE_INFINITY
  #clock = Number.NaN
  /** The exchange time that was too far ahead to be believed; NaN when there is none. */
  #leapt = Number.NaN
  /** The book has been weighed up to here. */
  #bookAt = Number.NaN
  readonly #standing = new StandingBook()
  readonly #carried = carried()

  constructor({ converter, bar, signature }: EventBarSettings) {
    this.#converter = converter
    this.#spec = bar
    this.#signature = signature
    this.#rule = barRule(bar, converter)
  }

  step(event: MarketEvent, book: Book): readonly Bar[] {
    switch (event.kind) {
      case 'book':
        this.#book(event, book)
        return NONE
      case 'trade':
        return this.#trade(event)
      case 'mark':
        takeMark(this.#carried.mark, event)
        return NONE
      case 'liquidation':
        if (this.#bar) addLiquidation(this.#bar, event)
        return NONE
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

  save(): z.infer<typeof savedEventBars> {
    return {
      bar: this.#text,
      signature: this.#signature,
      numbers: saveNumbers([this.lateTrades, this.#startAt, this.#closedAt, this.#clock, this.#leapt, this.#bookAt]),
      book: this.#standing.save(),
      carried: saveCarried(this.#carried),
      open: this.#bar ? saveOpenBar(this.#bar) : null,
      rule: this.#rule.save(),
    }
  }

  restore(saved: unknown): void {
    const schema = savedEventBars.extend({ bar: z.literal(this.#text), signature: z.literal(this.#signature) })
    const state = loadState(schema, saved, `${this.#text} bars`)
    const [lateTrades, startAt, closedAt, clock, leapt, bookAt] = state.numbers.map(Number)
    this.#rule.restore(state.rule)
    this.lateTrades = lateTrades!
    this.#startAt = startAt!
    this.#closedAt = closedAt!
    this.#clock = clock!
    this.#leapt = leapt!
    this.#bookAt = bookAt!
    this.#standing.restore(state.book)
    loadCarried(this.#carried, state.carried)
    this.#bar = state.open ? loadOpenBar(state.open, this.#path()) : undefined
  }

  get #text(): string {
    return `${this.#converter.instrument.symbol} ${barSpecText(this.#spec)}`
  }

  /** The open bar after the clock has been set to `at`. */
  #barAt(at: number): OpenBar {
    if (!this.#bar) {
      this.#startAt = at
      this.#clock = at
      this.#bookAt = at
      this.#bar = openBar(this.#path())
    } else if (at > this.#clock) {
      if (at - this.#clock > CLOCK_LEAP_MS_MAX && !(Math.abs(at - this.#leapt) <= CLOCK_LEAP_MS_MAX)) {
        this.#leapt = at
        // It did happen, but nobody knows when.
        markTaint(this.#bar, TAINT_BIT.gap)
      } else {
        this.#leapt = Number.NaN
        this.#clock = at
      }
    }
    return this.#bar
  }

  #path(): SignaturePath | undefined {
    return this.#signature ? new SignaturePath(this.#startAt, this.#converter.quantity(1)) : undefined
  }

  #book(event: BookEvent, book: Book): void {
    const bar = this.#barAt(event.exchangeTime)
    this.#weigh(bar)
    this.#standing.change(book, bar, this.#clock)
    if (event.type === 'delta') bar.bookUpdateCount += 1
  }

  #weigh(bar: OpenBar): void {
    if (this.#bookAt < this.#clock) this.#standing.weigh(bar, this.#clock - this.#bookAt)
    this.#bookAt = this.#clock
  }

  #trade(event: TradeEvent): readonly Bar[] {
    if (event.exchangeTime < this.#closedAt) this.lateTrades += 1
    const bar = this.#barAt(event.exchangeTime)
    // A bar may be too short for the weighing to notice.
    if (!this.#standing.stands) this.#standing.taint(bar)
    addTrade(bar, event)
    bar.path?.trade(this.#clock, event.side === 'buy' ? event.size : -event.size)
    return this.#rule.completes(bar, event) ? [this.#close(bar, true)] : NONE
  }

  #gap({ reason }: GapEvent): void {
    if (reason !== 'trades') this.#standing.lose()
    if (this.#bar) markTaint(this.#bar, TAINT_BIT.gap)
  }

  #watermark(at: number): readonly Bar[] {
    const { maxMs } = this.#spec
    if (maxMs === undefined || !this.#bar || !(at - this.#startAt >= maxMs)) return NONE
    this.#clock = Math.max(this.#clock, at)
    return [this.#close(this.#bar, false)]
  }

  #close(bar: OpenBar, whole: boolean): Bar {
    const { symbol } = this.#converter.instrument
    this.#weigh(bar)
    bar.closing = this.#standing.top
    const startAt = this.#startAt as EpochMs
    const endAt = Math.max(this.#clock, startAt + 1) as EpochMs
    this.#rule.closed(bar, whole)
    const closed = closeBar(bar, this.#converter, { symbol, startAt, endAt }, this.#carried)
    this.#startAt = endAt
    this.#closedAt = this.#clock
    this.#bar = openBar(this.#path())
    return closed
  }
}

const savedEventBars = z.strictObject({
  /** Symbol and kind. */
  bar: z.string(),
  signature: z.boolean(),
  /** Late trades, `#startAt`, `#closedAt`, `#clock`, `#leapt`, `#bookAt`. */
  numbers: savedNumbers(6),
  book: savedStandingBook,
  carried: savedCarried,
  open: savedOpenBar.nullable(),
  rule: z.array(savedNumber),
})
