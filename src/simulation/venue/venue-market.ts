import type { Instrument } from '../../core/instrument.ts'
import type { MarkEvent } from '../../core/market-event.ts'
import type { EpochMs } from '../../core/units.ts'
import { LevelBook } from './level-book.ts'
import { RestingOrders } from './resting-orders.ts'

/** A funding payment that has come due: the rate and mark price stated last before its time. */
export interface DueFunding {
  readonly rate: number
  readonly markPrice: number
}

/** One instrument at the simulated venue: its book, the orders that wait in it, and its mark. */
export class VenueMarket {
  readonly instrument: Instrument
  readonly book = new LevelBook()
  readonly resting = new RestingOrders()
  #mark: MarkEvent | undefined
  #fundedUntil = 0 as EpochMs

  constructor(instrument: Instrument) {
    this.instrument = instrument
  }

  /** Quote currency; absent before the first mark event. */
  get markPrice(): number | undefined {
    return this.#mark?.markPrice
  }

  /** Each funding time is paid once, by the first mark event at or after it. */
  onMark(event: MarkEvent): DueFunding | undefined {
    if (!(event.markPrice > 0 && Number.isFinite(event.markPrice))) return undefined
    const before = this.#mark
    this.#mark = event
    if (!before || !Number.isFinite(before.fundingRate) || before.nextFundingAt <= this.#fundedUntil) return undefined
    if (event.exchangeTime < before.nextFundingAt && event.nextFundingAt <= before.nextFundingAt) return undefined
    this.#fundedUntil = before.nextFundingAt
    return { rate: before.fundingRate, markPrice: before.markPrice }
  }
}
