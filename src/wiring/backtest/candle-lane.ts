import type { Converter } from '../../core/instrument.ts'
import { type EpochMs, epochMs } from '../../core/units.ts'
import type { Bar } from '../../market/bar.ts'
import type { Candle, CandleSeries, FundingPayment } from '../../market/candles/candle.ts'
import { candleBar } from '../../market/candles/candle-bar.ts'
import type { MarketView } from '../session/market-view.ts'

const SECOND_MS = 1_000

/** One instrument of a backtest on candles: its bars, and what a decision sees of its market. */
export class CandleLane implements MarketView {
  readonly converter: Converter
  readonly book = { bidTicks: Number.NaN, askTicks: Number.NaN }
  readonly #series: CandleSeries
  readonly #filled: ReadonlySet<number>
  readonly #halfSpreadBps: number
  markPrice = Number.NaN
  lastBookAt = epochMs(0)
  /** Index of the next payment. */
  #funding = 0
  #fundingRate = Number.NaN

  constructor(converter: Converter, series: CandleSeries, halfSpreadBps: number) {
    this.converter = converter
    this.#series = series
    this.#halfSpreadBps = halfSpreadBps
    this.#filled = new Set(series.filled ?? [])
  }

  get synced(): boolean {
    return this.book.askTicks > this.book.bidTicks
  }

  get mid(): number {
    return (this.converter.tickSize * (this.book.bidTicks + this.book.askTicks)) / 2
  }

  candle(index: number): Candle {
    return this.#series.candles[index]!
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
    const settings = { converter: this.converter, barMs, halfSpreadBps: this.#halfSpreadBps }
    return candleBar(candle, settings, {
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

  /** Payments in `(after, until]`, by the whole seconds that they are due at. */
  fundingBetween(after: EpochMs, until: EpochMs): readonly FundingPayment[] {
    const { funding } = this.#series
    const due: FundingPayment[] = []
    for (let next = lowerBound(funding, after); next < funding.length; next += 1) {
      const payment = funding[next]!
      const at = dueAt(payment)
      if (at > until) break
      due.push({ ...payment, at })
    }
    return due
  }
}

/** Venues state payments some milliseconds after they are due: who traded at the open in between was not meant. */
const dueAt = ({ at }: FundingPayment): EpochMs => epochMs(at - (at % SECOND_MS))

/** Index of the first payment after `at`. */
function lowerBound(funding: readonly FundingPayment[], at: number): number {
  let low = 0
  let high = funding.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (dueAt(funding[middle]!) <= at) low = middle + 1
    else high = middle
  }
  return low
}
