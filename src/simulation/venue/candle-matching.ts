import { type EpochMs, epochMs, signOf } from '../../core/units.ts'
import type { Candle } from '../../market/candles/candle.ts'
import { pathAfter, pathOf, throughOnWay, triggerOnWay, type Waypoint } from './candle-path.ts'
import { type CandleVolume, leastTakerTicks, lotsLeft, quoteAt, takerFill } from './candle-price.ts'
import { type CloseOut, liquidateIfDue } from './liquidation.ts'
import { nearTicks } from './near-ticks.ts'
import type { CandleFillSettings } from './simulation-settings.ts'
import { arriveWaiting, trigger } from './triggers.ts'
import type { VenueDesk } from './venue-desk.ts'
import type { VenueMarket } from './venue-market.ts'
import { conditionOf, type Ending, isLimited, isLive, remainingOf, type VenueOrder } from './venue-order.ts'

/** One candle while it is played. Prices in ticks. */
interface Play {
  readonly market: VenueMarket
  readonly prices: Readonly<Record<Waypoint, number>>
  readonly volume: CandleVolume
  readonly closeOut: CloseOut
  /** Resting orders that have had their go. */
  readonly served: Set<VenueOrder>
  /** Orders that end after its open, with the time of it. */
  ending: readonly Ending[]
  readonly endAt: EpochMs
  /** Where the price is now. */
  ticks: number
  /** Where it still goes. */
  path: readonly Waypoint[]
}

interface Next {
  readonly order: VenueOrder
  /** Where the price must be for it. */
  readonly ticks: number
}

/** Matches orders where only candles are known: an open, two extremes in the order that hurts, a close, and a share of the volume. */
export class CandleMatching {
  readonly #desk: VenueDesk
  readonly #settings: CandleFillSettings

  constructor(desk: VenueDesk, settings: CandleFillSettings) {
    this.#desk = desk
    this.#settings = settings
  }

  /** The candle `[startAt, endAt)` has ended. */
  play(market: VenueMarket, candle: Candle, endAt: EpochMs): void {
    const desk = this.#desk
    if (market.isQuiet && this.#isSafe(market, candle)) return
    const ticksOf = (price: number) => nearTicks(price, market.converter.tickSize)
    const play: Play = {
      market,
      prices: { low: ticksOf(candle.low), high: ticksOf(candle.high), close: ticksOf(candle.close) },
      volume: { lots: candle.volume / market.converter.quantity(1), used: 0 },
      closeOut: (order, limit, piece) => this.#closeOut(play, order, limit, piece),
      served: new Set(),
      ending: [],
      endAt,
      ticks: ticksOf(candle.open),
      path: [],
    }
    const { ending } = market
    market.ending = []
    desk.now = candle.startAt
    for (const one of ending) if (one.at <= candle.startAt) desk.finish(one)
    this.#open(play)
    desk.now = endAt
    play.ending = ending.filter(({ at }) => at > candle.startAt)
    desk.tidy(market)
    if (!market.isFlat || !market.isQuiet) this.#walk(play)
    for (const one of play.ending) desk.finish(one)
    desk.tidy(market)
  }

  /**
   * Whether no price of the candle liquidates anything. What is left above the maintenance margin is concave in the price (or in 1 ÷
   * price, inverse), for rates rise with the tiers and margins without a step: where it is there at both ends, it is there between them.
   */
  #isSafe({ instrument: { symbol }, converter: { tickSize } }: VenueMarket, { low, high }: Candle): boolean {
    const { account } = this.#desk
    return (
      account.isClearlySafeAt(symbol, nearTicks(low, tickSize) * tickSize) &&
      account.isClearlySafeAt(symbol, nearTicks(high, tickSize) * tickSize)
    )
  }

  /** Orders from before meet the open as it is: a gap through a stop fills there. Then come those sent since the last close. */
  #open(play: Play): void {
    const { market, endAt } = play
    const desk = this.#desk
    this.#moveTo(play, play.ticks)
    for (const order of market.waiting) {
      if (order.triggered && isLive(order)) this.#take(play, order)
    }
    this.#fireHere(play)
    const { arrived } = market
    market.arrived = []
    for (const order of arrived) {
      if (!isLive(order)) continue
      if (order.arrivesAt >= endAt) {
        market.arrived.push(order)
        continue
      }
      desk.now = epochMs(Math.max(desk.now, order.arrivesAt))
      if (conditionOf(order)) arriveWaiting(order, market, desk)
      else {
        desk.report(order)
        this.#meet(play, order)
      }
      this.#fireHere(play)
    }
  }

  #walk(play: Play): void {
    const { market, prices } = play
    const { symbol } = market.instrument
    play.path = pathOf(this.#desk.net(symbol), this.#oldestEntry(market)?.request.side)
    for (let heading = play.path[0]; heading; heading = play.path[0]) {
      const next = this.#nextOn(play, prices[heading])
      const liquidated = this.#moveTo(play, next ? next.ticks : prices[heading])
      if (next && !liquidated) this.#fire(play, next.order, heading)
      else if (!next && !liquidated) play.path = play.path.slice(1)
    }
  }

  /** Fires what the price has reached where it stands. */
  #fireHere(play: Play): void {
    for (let next = this.#nextOn(play, play.ticks); next; next = this.#nextOn(play, play.ticks)) {
      this.#fire(play, next.order, 'close')
    }
  }

  /** The order that the price meets first on its way to `goal`; of several at one price stops and the like, then the oldest. */
  #nextOn({ market, ticks, served }: Play, goal: number): Next | undefined {
    let first: Next | undefined
    const offer = (order: VenueOrder, at: number | undefined) => {
      if (at !== undefined && (!first || Math.abs(at - ticks) < Math.abs(first.ticks - ticks)))
        first = { order, ticks: at }
    }
    for (const order of market.waiting) {
      const condition = conditionOf(order)
      if (condition && !order.triggered && isLive(order)) offer(order, triggerOnWay(condition, order.best, ticks, goal))
    }
    for (const order of market.resting.all) {
      if (!isLive(order) || served.has(order)) continue
      offer(order, throughOnWay(order.request.side, order.request.price, ticks, goal))
    }
    return first
  }

  #fire(play: Play, order: VenueOrder, heading: Waypoint): void {
    const desk = this.#desk
    const { symbol } = order.request
    if (this.#hasLeft(play, order)) return
    const before = desk.net(symbol)
    if (order.rests) {
      play.served.add(order)
      const share = Math.min(remainingOf(order), lotsLeft(play.volume, this.#settings))
      play.volume.used += desk.execute(order, order.request.price, share, true)
    } else {
      trigger(order, desk)
      if (isLive(order)) this.#meet(play, order)
    }
    desk.tidy(play.market)
    const after = desk.net(symbol)
    const opened = after !== 0 && (Math.sign(after) !== Math.sign(before) || Math.abs(after) > Math.abs(before))
    if (opened && play.path.length > 0) play.path = pathAfter(after, heading)
  }

  /**
   * Nobody knows whether the price was here before the order's end: it was where the fill hurts, at a worse price than the close, and
   * otherwise not. True: the order is no more.
   */
  #hasLeft(play: Play, order: VenueOrder): boolean {
    const end = play.ending.find((one) => one.order === order && one.at < play.endAt)
    if (!end) return false
    const { side, price } = order.request
    const filledAt = order.rests ? price : leastTakerTicks(play.ticks, side, this.#settings)
    if (signOf(side) * (play.prices.close - filledAt) <= 0) return false
    play.ending = play.ending.filter((one) => one !== end)
    this.#desk.finish(end)
    return true
  }

  /** An order meets the market at the price where it stands. */
  #meet(play: Play, order: VenueOrder): void {
    const desk = this.#desk
    const { side, price, timeInForce } = order.request
    const limited = isLimited(order)
    const quote = quoteAt(play.ticks, side, this.#settings)
    const marketable = !limited || signOf(side) * quote <= signOf(side) * price
    if (timeInForce === 'GTX' && limited && marketable) desk.end(order, 'expired')
    else if (marketable) this.#take(play, order)
    if (!isLive(order)) return
    if (!limited && order.triggered) return // What the volume does not give a stop now it takes at the next open.
    if (!limited || timeInForce === 'IOC' || timeInForce === 'FOK') desk.end(order, 'expired')
    else {
      order.rests = true
      play.market.resting.add(order, 0)
      if (marketable) play.served.add(order)
    }
  }

  #take(play: Play, order: VenueOrder): void {
    const desk = this.#desk
    const { side, price, timeInForce } = order.request
    const limit = isLimited(order) ? price : side === 'buy' ? Number.POSITIVE_INFINITY : 0
    const wanted = Math.min(remainingOf(order), desk.allowance(order))
    const fill = takerFill(side, play.ticks, wanted, limit, play.volume, this.#settings)
    if (fill.lots === 0 || (timeInForce === 'FOK' && fill.lots < wanted)) return
    play.volume.used += desk.execute(order, fill.ticks, fill.lots, false)
  }

  /** With shared margin it may be another instrument's turn: that one stands at its last price. */
  #closeOut(play: Play, order: VenueOrder, limit: number, piece: (price: number, lots: number) => void): void {
    if (order.request.symbol === play.market.instrument.symbol) {
      this.#takeOut(order, limit, play.ticks, play.volume, piece)
    } else this.closeOut(order, limit, piece)
  }

  /** What closing by force gets outside of a candle: the last price, paying for the largest share. */
  closeOut(order: VenueOrder, limit: number, piece: (price: number, lots: number) => void): void {
    const { lastTicks } = this.#desk.market(order.request.symbol)
    if (lastTicks === undefined) return
    const lots = Math.ceil(remainingOf(order) / this.#settings.participationMax)
    this.#takeOut(order, limit, lastTicks, { lots, used: 0 }, piece)
  }

  #takeOut(
    order: VenueOrder,
    limit: number,
    ticks: number,
    volume: CandleVolume,
    piece: (price: number, lots: number) => void,
  ): void {
    const fill = takerFill(order.request.side, ticks, remainingOf(order), limit, volume, this.#settings)
    if (fill.lots === 0) return
    volume.used += fill.lots
    piece(fill.ticks, fill.lots)
  }

  /** The price goes to `ticks`: what trails follows it, and the margin may be gone on the way. True: a position was liquidated. */
  #moveTo(play: Play, ticks: number): boolean {
    const { account } = this.#desk
    const from = play.ticks
    this.#stand(play, ticks)
    if (account.liquidations().length === 0) return false
    const due = this.#dueBetween(play.market, from, ticks)
    if (due !== undefined) this.#stand(play, due)
    if (account.liquidations().length === 0) this.#stand(play, ticks)
    return liquidateIfDue(this.#desk, play.closeOut)
  }

  #stand(play: Play, ticks: number): void {
    const { market } = play
    play.ticks = ticks
    market.lastTicks = ticks
    market.markPrice = ticks * market.converter.tickSize
    for (const order of market.waiting) market.follow(order)
    this.#desk.account.mark(market.instrument.symbol, market.markPrice)
  }

  /** The first tick past the liquidation price, where that lies on the way. */
  #dueBetween({ instrument: { symbol }, converter }: VenueMarket, from: number, to: number): number | undefined {
    for (const leg of this.#desk.legs) {
      const price = this.#desk.account.liquidationPrice(symbol, leg)
      const due = Number(price) / converter.tickSize
      if (to < due && due <= from) return Math.max(to, Math.ceil(due) - 1)
      if (from <= due && due < to) return Math.min(to, Math.floor(due) + 1)
    }
    return undefined
  }

  #oldestEntry(market: VenueMarket): VenueOrder | undefined {
    return [...market.resting.all, ...market.waiting].find(({ request }) => !request.reduceOnly)
  }
}
