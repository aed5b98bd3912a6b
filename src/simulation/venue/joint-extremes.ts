import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { Candle } from '../../market/candles/candle.ts'
import { nearTicks } from './near-ticks.ts'
import type { VenueDesk } from './venue-desk.ts'
import type { VenueMarket } from './venue-market.ts'

/** One instrument's candle of a moment. */
export interface PlayedCandle {
  readonly symbol: InstrumentSymbol
  readonly candle: Candle
  /** At its end, quote currency; absent: the close. */
  readonly markPrice?: number
}

/**
 * Candles are played one after the other, and nobody knows which prices inside them were there together. So while one is played, all
 * else that shares its margin stands at its own worst price of the same candle: lows of longs and highs of shorts meet.
 */
export class JointExtremes {
  readonly #desk: VenueDesk

  constructor(desk: VenueDesk) {
    this.#desk = desk
  }

  /** Shows what is held of the instrument at its worst; call before the candles of a moment are played and after each. */
  standWorst({ symbol, candle }: PlayedCandle): void {
    const market = this.#desk.market(symbol)
    if (market.isFlat || this.#desk.account.marginType(symbol) !== 'cross') return
    const lots = this.#desk.net(symbol)
    this.#stand(market, lots > 0 ? candle.low : lots < 0 ? candle.high : candle.close)
  }

  /** The candles are over. */
  standAtEnd({ symbol, candle, markPrice = candle.close }: PlayedCandle): void {
    const market = this.#desk.market(symbol)
    if (!market.isFlat) this.#stand(market, candle.close, markPrice)
  }

  #stand(market: VenueMarket, price: number, markPrice = price): void {
    market.lastTicks = nearTicks(price, market.converter.tickSize)
    market.markPrice = markPrice
    this.#desk.account.mark(market.instrument.symbol, markPrice)
  }
}
