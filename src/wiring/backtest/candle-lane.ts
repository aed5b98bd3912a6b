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
  /** Index of the next payment. */
  #funding = 0
  #fundingRate = Number.NaN

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
    return this.#series.candle(index)
  }

  markClose(index: number): number {
    return this.#series.markCloses?.[index] ?? this.candle(index).close
  }

  /** Bars are asked for in order, once each: what is known of funding moves on with them. */
  bar(index: number): Bar {
    const { funding, barMs } = this.#series
    const candle = this.candle(index)
    const endAt = candle.startAt + barMs
    for (let next = funding[this.#funding]; next && next.at <= endAt; next = funding[this.#funding]) {
      this.#fundingRate = next.rate
      this.#funding += 1
    }
    return candleBar(candle, this.#settings, {
      markPrice: this.markClose(index),
      fundingRate: this.#fundingRate,
      isFilled: this.#filled.has(index),
    })
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
