import type { MarketEvent } from '../../src/core/market-event.ts'
import { seededRandom } from '../../src/core/random.ts'
import type { EpochMs, Lots, Side, Ticks } from '../../src/core/units.ts'
import { deltaOf, gapOf, markOf, snapshotOf, tradeOf, watermarkOf } from './events.ts'

/** Watermarks lag by this, milliseconds. */
const LATENESS_MS = 80
export const RANDOM_BAR_MS = 1_000
const START_AT = 1_000_000

export interface RandomMarketSettings {
  readonly count: number
  /** Share of gaps, each healed by a snapshot soon after. */
  readonly gaps?: number
  /** Longest pause between two events, milliseconds. */
  readonly pauseMsMax?: number
  /** Exchange times run backwards by less than this, at most the lateness of the watermarks, milliseconds. */
  readonly jitterMs?: number
}

/**
 * Anything a sequenced stream may hold, in an order as venues send it: a book whose best prices wander and whose sides run dry now
 * and then, trades, marks with unknown fields, liquidations, outside values, gaps and the watermarks of one-second bars.
 */
export function randomMarket(seed: number, settings: RandomMarketSettings): MarketEvent[] {
  return new RandomMarket(seed, settings).events()
}

class RandomMarket {
  readonly #random
  readonly #settings: RandomMarketSettings
  readonly #bids = new Map<number, number>()
  readonly #asks = new Map<number, number>()
  readonly #events: MarketEvent[] = []
  #at = START_AT
  #updateId = 1
  #tradeId = 1
  #markedAt = Number.NEGATIVE_INFINITY

  constructor(seed: number, settings: RandomMarketSettings) {
    this.#random = seededRandom(seed)
    this.#settings = settings
  }

  events(): MarketEvent[] {
    const { count, gaps = 0, pauseMsMax = 120 } = this.#settings
    this.#snapshot()
    for (let nth = 0; nth < count; nth += 1) {
      this.#at += Math.floor(this.#random() * pauseMsMax)
      this.#watermark()
      if (this.#random() < gaps) {
        this.#events.push(gapOf(this.#at))
        this.#at += Math.floor(this.#random() * 2_000)
        this.#watermark()
        this.#snapshot()
      }
      this.#event()
    }
    this.#at += 5_000
    this.#watermark()
    return this.#events
  }

  /** Of the event that happens now, or shortly did. */
  #time(): number {
    return Math.max(START_AT, this.#at - this.#whole(this.#settings.jitterMs ?? LATENESS_MS))
  }

  #whole(below: number): number {
    return Math.floor(this.#random() * below)
  }

  #watermark(): void {
    const boundary = Math.floor((this.#at - LATENESS_MS) / RANDOM_BAR_MS) * RANDOM_BAR_MS
    if (boundary > this.#markedAt && boundary > START_AT) this.#events.push(watermarkOf(boundary))
    this.#markedAt = Math.max(this.#markedAt, boundary)
  }

  #snapshot(): void {
    this.#bids.clear()
    this.#asks.clear()
    const base = 1_000 + this.#whole(20)
    for (let level = 1; level <= 14; level += 1) {
      if (this.#random() < 0.8) this.#bids.set(base - level, 1 + this.#whole(50))
      if (this.#random() < 0.8) this.#asks.set(base + level, 1 + this.#whole(50))
    }
    this.#updateId += 1
    this.#events.push(snapshotOf(this.#at, this.#updateId, [...this.#bids], [...this.#asks]))
  }

  #event(): void {
    const draw = this.#random()
    const symbol = 'BTC/USDT:USDT'
    const side: Side = this.#random() < 0.5 ? 'buy' : 'sell'
    const stamp = { symbol, exchangeTime: this.#time() as EpochMs, receivedAt: this.#at as EpochMs }
    if (draw < 0.5) this.#delta()
    else if (draw < 0.85) {
      this.#events.push(tradeOf(this.#time(), this.#tradeId, 990 + this.#whole(30), 1 + this.#whole(40), side))
      this.#tradeId += 1
    } else if (draw < 0.91) {
      const mark = markOf(this.#at, 100 + this.#random())
      const openInterest = this.#random() < 0.5 ? { openInterest: this.#whole(900) } : {}
      const unknown = this.#random() < 0.4 ? { markPrice: Number.NaN, fundingRate: Number.NaN } : {}
      this.#events.push({ ...mark, indexPrice: 100 + this.#random(), ...openInterest, ...unknown })
    } else if (draw < 0.96) {
      const size = (1 + this.#whole(9)) as Lots
      this.#events.push({ ...stamp, kind: 'liquidation', side, price: 1_000 as Ticks, size })
    } else {
      const series = this.#random() < 0.5 ? 'greed' : '__proto__'
      this.#events.push({ ...stamp, kind: 'external', series, value: this.#random(), observedAt: this.#at as EpochMs })
    }
  }

  #delta(): void {
    const isBid = this.#random() < 0.5
    const side = isBid ? this.#bids : this.#asks
    const bestBid = Math.max(...this.#bids.keys(), 980)
    const bestAsk = Math.min(...this.#asks.keys(), 1_040)
    const price = isBid
      ? Math.min(bestAsk - 1, bestBid + 1 - this.#whole(9))
      : Math.max(bestBid + 1, bestAsk - 1 + this.#whole(9))
    const size = this.#random() < 0.45 ? 0 : 1 + this.#whole(60)
    if (size > 0) side.set(price, size)
    else side.delete(price)
    const prevId = this.#updateId
    this.#updateId += 1
    const rows = [[price, size]] as const
    const ids = [prevId, this.#updateId, this.#updateId] as const
    this.#events.push(deltaOf(this.#time(), ids, isBid ? rows : [], isBid ? [] : rows))
  }
}
