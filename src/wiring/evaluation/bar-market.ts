import type { Converter } from '../../core/instrument.ts'
import { epochMs } from '../../core/units.ts'
import type { Bar } from '../../market/bar.ts'
import type { Candle, FundingPayment } from '../../market/candles/candle.ts'
import { fundingBetween } from '../backtest/funding-between.ts'
import type { MarketView } from '../session/market-view.ts'

/** One instrument whose market is known by its closed bars alone: what decisions see, and what the simulated venue is played. */
export class BarMarket implements MarketView {
  readonly converter: Converter
  readonly book = { bidTicks: Number.NaN, askTicks: Number.NaN }
  markPrice = Number.NaN
  lastBookAt = epochMs(0)
  readonly #payments: readonly FundingPayment[] | undefined
  /** Announced by the bar before: what is paid, and when. */
  #announced: FundingPayment | undefined
  /** End of the bar before, milliseconds since the epoch. */
  #endAt: number | undefined

  /** `payments`: of funding, in the order of time, where bars announce none (candles); absent: what bars announce is paid. */
  constructor(converter: Converter, payments?: readonly FundingPayment[]) {
    this.converter = converter
    this.#payments = payments
  }

  get synced(): boolean {
    return this.book.askTicks > this.book.bidTicks
  }

  get mid(): number {
    return (this.converter.tickSize * (this.book.bidTicks + this.book.askTicks)) / 2
  }

  /** Undefined before the first trade: there is no price to fill at. */
  candle({ startAt, open, high, low, close, buyVolume, sellVolume, quoteVolume, tradeCount }: Bar): Candle | undefined {
    if (!Number.isFinite(open + high + low + close)) return undefined
    const volume = buyVolume + sellVolume
    return { startAt, open, high, low, close, volume, quoteVolume, tradeCount, takerBuyVolume: buyVolume }
  }

  /** The bar has closed: its quotes are the market's from now on. Says which funding fell due in it. */
  close(bar: Bar): readonly FundingPayment[] {
    const { bidTicks, askTicks, markPrice, startAt, endAt } = bar
    this.book.bidTicks = bidTicks
    this.book.askTicks = askTicks
    if (Number.isFinite(markPrice)) this.markPrice = markPrice
    if (this.synced) this.lastBookAt = endAt
    const after = this.#endAt ?? startAt
    this.#endAt = endAt
    return this.#payments ? fundingBetween(this.#payments, after, endAt) : this.#announcedBy(bar)
  }

  #announcedBy({ endAt, nextFundingAt, fundingRate }: Bar): readonly FundingPayment[] {
    const due = this.#announced !== undefined && this.#announced.at <= endAt ? [this.#announced] : []
    const isAhead = Number.isFinite(fundingRate) && nextFundingAt > endAt
    if (due.length > 0 || isAhead) {
      this.#announced = isAhead ? { at: epochMs(nextFundingAt), rate: fundingRate } : undefined
    }
    return due
  }
}
