import type { Converter } from '../core/instrument.ts'
import type { BookEvent, MarkEvent, MarketEvent, TradeEvent } from '../core/market-event.ts'
import type { EpochMs } from '../core/units.ts'
import type { Bar } from './bar.ts'
import { type Book, topLevels } from './book.ts'
import { type BookWeights, weighTop } from './book-weights.ts'
import { closeBar, markTaint, type OpenBar, openBar, TAINT_BIT } from './open-bar.ts'
import { addOrderFlow } from './order-flow.ts'

export interface BarBuilderSettings {
  readonly converter: Converter
  /** Length of a bar, milliseconds. Bars are aligned to multiples of it on the exchange clock. */
  readonly barMs: number
}

/** Bars that may be open at once: events run ahead of the watermark by its lateness only. Later events are dropped and taint. */
export const OPEN_BARS_MAX = 128
/** Quiet bars that one watermark may close; a longer silence restarts the bars behind it. */
export const CLOSED_BARS_MAX = 1_024

const NONE: readonly Bar[] = []

/**
 * Time bars of one instrument from sequenced events, closed by watermarks only. Everything is put into its bar by exchange time, so
 * that the bars do not depend on how events of different streams interleave.
 */
export interface BarBuilder {
  /** Trades outside of the open bars: their bar is closed already, or absurdly far ahead. */
  readonly lateTrades: number
  /** `book` is the one that the event has been applied to. Returns the bars that this event closes, oldest first. */
  step(event: MarketEvent, book: Book): readonly Bar[]
}

export const barBuilder = (settings: BarBuilderSettings): BarBuilder => new TimeBarBuilder(settings)

class TimeBarBuilder implements BarBuilder {
  lateTrades = 0
  readonly #converter: Converter
  readonly #barMs: number
  /** Start of `#open[0]`; NaN before the first event. */
  #fromAt = Number.NaN
  #open: OpenBar[] = []
  /** The book has been weighed up to here. */
  #bookAt = Number.NaN
  #top = topLevels()
  #next = topLevels()
  #weights: BookWeights | undefined
  #everSynced = false
  #lastPrice = Number.NaN
  #lastMark = Number.NaN
  #lastFunding = Number.NaN

  constructor({ converter, barMs }: BarBuilderSettings) {
    this.#converter = converter
    this.#barMs = barMs
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
        this.#mark(event)
        return NONE
      case 'gap':
        this.#gap()
        return NONE
      case 'watermark':
        return this.#watermark(event.exchangeTime)
      default:
        return NONE
    }
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
    while (this.#open.length <= index) this.#open.push(openBar())
    return this.#open[index]
  }

  #book(event: BookEvent, book: Book): void {
    const isMad = event.exchangeTime >= this.#fromAt + OPEN_BARS_MAX * this.#barMs
    const at = Math.max(isMad ? this.#bookAt : event.exchangeTime, this.#fromAt)
    this.#weighUntil(at)
    book.readTop(this.#next)
    const bar = this.#barAt(at)!
    // The book did change, but nobody knows when.
    if (isMad) markTaint(bar, TAINT_BIT.gap)
    if (this.#weights) addOrderFlow(this.#top, this.#next, bar.flowLots)
    if (event.type === 'delta') bar.bookUpdateCount += 1
    const spare = this.#top
    this.#top = this.#next
    this.#next = spare
    this.#weights = weighTop(this.#top)
    this.#everSynced = true
  }

  /** Spreads the standing book over the time up to `at`, bar by bar, and keeps what stands at each close. */
  #weighUntil(at: number): void {
    while (this.#bookAt < at) {
      const index = Math.floor((this.#bookAt - this.#fromAt) / this.#barMs)
      const endAt = this.#fromAt + (index + 1) * this.#barMs
      const bar = this.#barAt(this.#bookAt)
      if (!bar) return
      const until = Math.min(at, endAt)
      this.#weigh(bar, until - this.#bookAt)
      if (until === endAt) bar.closing = this.#weights
      this.#bookAt = until
    }
  }

  #weigh(bar: OpenBar, ms: number): void {
    const now = this.#weights
    // Part of the bar went by without a book: flow is missing from it.
    if (!now) {
      markTaint(bar, this.#everSynced ? TAINT_BIT.gap : TAINT_BIT.partial)
      return
    }
    bar.weighedMs += ms
    bar.spreadTicksMs += (now.askTicks - now.bidTicks) * ms
    bar.bidLotsMs += now.bidLots * ms
    bar.askLotsMs += now.askLots * ms
    bar.bidLevelsLotsMs += now.bidLevelsLots * ms
    bar.askLevelsLotsMs += now.askLevelsLots * ms
  }

  #trade({ exchangeTime, price, size, side }: TradeEvent): void {
    const bar = this.#barAt(exchangeTime)
    if (!bar) {
      this.lateTrades += 1
      const newest = this.#open.at(-1)
      if (exchangeTime > this.#fromAt && newest) markTaint(newest, TAINT_BIT.gap)
      return
    }
    if (bar.tradeCount === 0) {
      bar.open = price
      bar.high = price
      bar.low = price
    } else if (price > bar.high) bar.high = price
    else if (price < bar.low) bar.low = price
    bar.close = price
    bar.tradeCount += 1
    if (side === 'buy') bar.buyLots += size
    else bar.sellLots += size
  }

  #mark({ exchangeTime, markPrice, fundingRate }: MarkEvent): void {
    const bar = this.#barAt(exchangeTime)
    if (bar) {
      bar.markPrice = markPrice
      bar.fundingRate = fundingRate
    } else {
      this.#lastMark = markPrice
      this.#lastFunding = fundingRate
    }
  }

  #gap(): void {
    this.#weights = undefined
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
      const startAt = this.#fromAt
      const endAt = startAt + this.#barMs
      this.#weighUntil(endAt)
      const bar = this.#open.shift() ?? openBar()
      this.#fromAt = endAt
      if (bar.tradeCount > 0) this.#lastPrice = bar.close
      if (!Number.isNaN(bar.markPrice)) this.#lastMark = bar.markPrice
      if (!Number.isNaN(bar.fundingRate)) this.#lastFunding = bar.fundingRate
      const carried = { price: this.#lastPrice, markPrice: this.#lastMark, fundingRate: this.#lastFunding }
      closed.push(
        closeBar(bar, this.#converter, { symbol, startAt: startAt as EpochMs, endAt: endAt as EpochMs }, carried),
      )
    }
    if (this.#fromAt < boundary) {
      this.#fromAt = boundary
      this.#bookAt = boundary
    }
    return closed
  }
}
