import type { Converter } from '../../core/instrument.ts'
import { type EpochMs, epochMs } from '../../core/units.ts'
import type { Bar } from '../../market/bar.ts'
import type { Candle, CandleSeries, FundingPayment } from '../../market/candles/candle.ts'
import { type CandleBarSettings, candleBar } from '../../market/candles/candle-bar.ts'
import type { MarketView } from '../session/market-view.ts'
import { fundingBetween } from './funding-between.ts'

interface LaneSeries extends Pick<CandleSeries, 'barMs' | 'funding' | 'markCloses' | 'filled'> {
  candle(index: number): Candle
}

/** One instrument of a backtest on candles: its bars, and what a decision sees of its market. */
export class CandleLane implements MarketView {
  readonly converter: Converter
  readonly book = { bidTicks: Number.NaN, askTicks: Number.NaN }
  readonly #series: LaneSeries
  readonly #settings: CandleBarSettings
  readonly #filled: ReadonlySet<number>
  markPrice = Number.NaN
  lastBookAt = epochMs(0)
  /** Asked for last: a bar is made of its candle in several steps. */
  #candle: Candle | undefined
  #index = -1
  /** Payments until the bar that was asked for last. */
  #paid = 0

  constructor(converter: Converter, series: LaneSeries, halfSpreadBps: number) {
    this.converter = converter
    this.#series = series
    this.#settings = { converter, barMs: series.barMs, halfSpreadBps }
    this.#filled = new Set(series.filled ?? [])
  }

  get synced(): boolean {
    return this.book.askTicks > this.book.bidTicks
  }

  get mid(): number {
    return (this.converter.tickSize * (this.book.bidTicks + this.book.askTicks)) / 2
  }

  candle(index: number): Candle {
    if (this.#candle === undefined || index !== this.#index) {
      this.#candle = this.#series.candle(index)
      this.#index = index
    }
    return this.#candle
  }

  markClose(index: number): number {
    return this.#series.markCloses?.[index] ?? this.candle(index).close
  }

  bar(index: number): Bar {
    const candle = this.candle(index)
    return candleBar(candle, this.#settings, {
      markPrice: this.markClose(index),
      fundingRate: this.#rateAt(candle.startAt + this.#series.barMs),
      isFilled: this.#filled.has(index),
    })
  }

  /** Of the last payment until `at`. Bars are asked for nearly in order. */
  #rateAt(at: number): number {
    const { funding } = this.#series
    while (this.#paid < funding.length && funding[this.#paid]!.at <= at) this.#paid += 1
    while (this.#paid > 0 && funding[this.#paid - 1]!.at > at) this.#paid -= 1
    // Asked for its element −1, an array looks for a property of that name: slower than all else here.
    return this.#paid === 0 ? Number.NaN : funding[this.#paid - 1]!.rate
  }

  /** The bar has closed: its quotes are the market's from now on. */
  close({ bidTicks, askTicks, markPrice, endAt }: Bar): void {
    this.book.bidTicks = bidTicks
    this.book.askTicks = askTicks
    this.markPrice = markPrice
    this.lastBookAt = endAt
  }

  /** See `fundingBetween`. */
  fundingBetween(after: EpochMs, until: EpochMs): readonly FundingPayment[] {
    return fundingBetween(this.#series.funding, after, until)
  }
}
