import { type Converter, converter, type Instrument } from '../../core/instrument.ts'
import type { MarkEvent } from '../../core/market-event.ts'
import type { EpochMs } from '../../core/units.ts'
import { type BestTicks, bestAfter, type Conditional, isReached, watchedPrice } from '../orders/conditional.ts'
import { LevelBook } from './level-book.ts'
import { nearTicks } from './near-ticks.ts'
import { QueueModel } from './queue-model.ts'
import { RestingOrders } from './resting-orders.ts'
import type { QueueSettings } from './simulation-settings.ts'
import { conditionOf, type Ending, isLive, type VenueOrder } from './venue-order.ts'

/** A funding payment that has come due: the rate and mark price stated last before its time. */
export interface DueFunding {
  readonly rate: number
  readonly markPrice: number
}

/** One instrument at the simulated venue: its book, the orders that wait in it or for a trigger, its last price and its mark. */
export class VenueMarket {
  readonly instrument: Instrument
  readonly converter: Converter
  readonly book = new LevelBook()
  readonly resting: RestingOrders
  /** Conditional orders, oldest first. Bounded by the account's open orders. */
  waiting: VenueOrder[] = []
  /** Whether the account holds nothing of it; kept here because every candle asks. */
  isFlat = true
  /** Only candles are known of it. */
  isOnCandles = false
  /** Where that is so: orders that have arrived and wait for the candle whose open they meet. */
  arrived: VenueOrder[] = []
  /** And ends that came inside the candle that is not played yet, in the order of their time. */
  ending: Ending[] = []
  /** End of the last candle that was played, or is. */
  playedUntil = 0
  /** Price of the last trade, ticks. */
  lastTicks: number | undefined
  #mark: MarkEvent | undefined
  #markPrice: number | undefined
  #fundedUntil = 0 as EpochMs

  constructor(instrument: Instrument, queue: QueueSettings) {
    this.instrument = instrument
    this.converter = converter(instrument)
    this.resting = new RestingOrders(new QueueModel(queue))
  }

  /** Quote currency; absent before the first is known. */
  get markPrice(): number | undefined {
    return this.#markPrice
  }

  set markPrice(price: number) {
    this.#markPrice = price
  }

  /** What the trigger of an order is compared with, ticks; undefined before it is known. */
  watchedTicks(condition: Conditional): number | undefined {
    if (watchedPrice(condition) === 'last') return this.lastTicks ?? this.#midTicks()
    return this.#markPrice === undefined ? undefined : nearTicks(this.#markPrice, this.converter.tickSize)
  }

  /** Whether the trigger of an order that saw `best` is reached by the price it watches. */
  isReached(condition: Conditional, best: BestTicks): boolean {
    const seen = this.watchedTicks(condition)
    return seen !== undefined && isReached(condition, seen, bestAfter(condition, seen, best))
  }

  /** Shows a waiting order the price it watches, as it is now: a trailing stop follows it. */
  follow(order: VenueOrder): void {
    const condition = conditionOf(order)
    const seen = condition && this.watchedTicks(condition)
    if (condition && seen !== undefined) order.best = bestAfter(condition, seen, order.best)
  }

  /** Stands for the last trade before the first one is seen. */
  #midTicks(): number | undefined {
    const ask = this.book.reachable('buy', Number.POSITIVE_INFINITY)[0]
    const bid = this.book.reachable('sell', 0)[0]
    return ask && bid && (ask.price + bid.price) / 2
  }

  get isQuiet(): boolean {
    const { resting, waiting, arrived, ending } = this
    return resting.all.length === 0 && waiting.length === 0 && arrived.length === 0 && ending.length === 0
  }

  live(): readonly VenueOrder[] {
    return this.isQuiet ? [] : [...this.arrived, ...this.resting.all, ...this.waiting].filter(isLive)
  }

  /** Forgets the orders that have ended. */
  sweep(): void {
    this.resting.sweep()
    if (this.waiting.length > 0) this.waiting = this.waiting.filter((order) => isLive(order) && !order.rests)
    if (this.arrived.length > 0) this.arrived = this.arrived.filter(isLive)
  }

  /** Each funding time is paid once, by the first mark event at or after it. */
  onMark(event: MarkEvent): DueFunding | undefined {
    if (!(event.markPrice > 0 && Number.isFinite(event.markPrice))) return undefined
    const before = this.#mark
    this.#mark = event
    this.#markPrice = event.markPrice
    if (!before || !Number.isFinite(before.fundingRate) || before.nextFundingAt <= this.#fundedUntil) return undefined
    if (event.exchangeTime < before.nextFundingAt && event.nextFundingAt <= before.nextFundingAt) return undefined
    this.#fundedUntil = before.nextFundingAt
    return { rate: before.fundingRate, markPrice: before.markPrice }
  }
}
