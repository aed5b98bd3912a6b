import type { Observable } from 'rxjs'
import { check } from '../../core/check.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { MarkEvent, MarketEvent } from '../../core/market-event.ts'
import type { ApprovedOrder, Fill } from '../../core/order.ts'
import { type EpochMs, epochMs } from '../../core/units.ts'
import type { Candle } from '../../market/candles/candle.ts'
import type {
  AccountEvent,
  AccountSnapshot,
  Cancellation,
  OrderGateway,
  OrderLookup,
  Submission,
} from '../../trading/order-gateway.port.ts'
import { MarginAccount } from '../account/margin-account.ts'
import { CandleMatching } from './candle-matching.ts'
import { JointExtremes, type PlayedCandle } from './joint-extremes.ts'
import { liquidateIfDue } from './liquidation.ts'
import { nearTicks } from './near-ticks.ts'
import { OrderEntry } from './order-entry.ts'
import { TapeMatching } from './tape-matching.ts'
import { Timeline } from './timeline.ts'
import { VenueDesk } from './venue-desk.ts'
import type { VenueMarket } from './venue-market.ts'
import { reportOf } from './venue-order.ts'
import type { SimulatedVenueSettings } from './venue-settings.ts'

/**
 * An account at an exchange that is not there, for paper, replay and backtest: it sees the market's events before or after the rest of
 * the pipeline, and fills orders against them. Time is the latest `receivedAt`; there is no clock and no randomness.
 *
 * An order sent at t meets the book as of the first event received at or after t + entry + feed latency (that event not counted), for
 * what we see then was so at the exchange at t + entry. Its answer, and every later word about it, reaches us `response` after it
 * happened there, and never before the market data of that moment. With a response latency of 0 `submit` accepts or rejects at once what
 * can be seen at once; otherwise the venue looks at the order when it arrives and the promise waits for the answer. Cancels take the same
 * way and may lose the race against a fill; a cancel of an order still on its way is `unknown` and follows it. `find`, `snapshot` and
 * `fillsSince` say how things stand at the exchange now. What is modelled how says docs/simulation.md.
 */
export class SimulatedVenue implements OrderGateway {
  readonly venue = 'simulated'
  readonly #desk: VenueDesk
  readonly #timeline: Timeline
  readonly #entry: OrderEntry
  readonly #tape: TapeMatching
  readonly #candles: CandleMatching
  /** Absent: the extremes of candles do not meet. */
  readonly #joint: JointExtremes | undefined

  constructor(settings: SimulatedVenueSettings) {
    const { instruments, opening, leverage, simulation, deposit, marginMode = 'cross' } = settings
    check(Number.isFinite(leverage) && leverage >= 1, 'leverage', leverage)
    const account = new MarginAccount(instruments, (currency) => opening?.wallets[currency] ?? deposit, {
      ...settings.account,
      leverageOf: () => leverage,
      marginTypeOf: () => marginMode,
    })
    for (const { symbol, lots, entryPrice, positionSide } of opening?.positions ?? []) {
      account.open(symbol, lots, entryPrice, positionSide)
    }
    this.#desk = new VenueDesk(instruments, account, settings.account?.positionMode === 'hedge', simulation, {
      tradeId: opening?.lastTradeId ?? 0,
      orderId: opening?.lastOrderId ?? 0,
    })
    this.#timeline = new Timeline(this.#desk)
    this.#tape = new TapeMatching(this.#desk)
    this.#entry = new OrderEntry(this.#desk, this.#tape, this.#timeline, simulation.messagesPerMinuteMax)
    this.#candles = new CandleMatching(this.#desk, simulation.candles)
    const isJoint = instruments.length > 1 && simulation.candles.jointExtremes !== false
    this.#joint = isJoint ? new JointExtremes(this.#desk) : undefined
  }

  get events$(): Observable<AccountEvent> {
    return this.#desk.outbox.events
  }

  /** Latest event time. */
  get now(): EpochMs {
    return this.#desk.now
  }

  /** The next event of an instrument traded here; events of all instruments in the order of their arrival. */
  onMarketEvent(event: MarketEvent): void {
    const market = this.#desk.markets.get(event.symbol)
    if (!market) return
    this.#timeline.runUntil(event.receivedAt)
    if (event.receivedAt > this.#desk.now) this.#desk.now = event.receivedAt
    this.#timeline.begin()
    this.#apply(event, market)
    this.#timeline.end()
  }

  /**
   * Instead of events where only candles are known: those of `barMs` that have ended together, of all instruments, moment after moment.
   * Orders that arrived since their start, those sent at the last close among them, meet their open.
   */
  onCandles(played: readonly PlayedCandle[], barMs: number): void {
    const joint = this.#joint
    const endAt = played[0] ? played[0].candle.startAt + barMs : 0
    for (const { symbol } of played) this.#desk.market(symbol).isOnCandles = true
    // Orders arrive before anything stands at prices that they cannot know of.
    if (this.#desk.agenda.nextAt < endAt) this.#timeline.runUntil(endAt, false)
    if (joint) for (const each of played) joint.standWorst(each)
    for (const each of played) {
      this.onCandle(each.symbol, each.candle, barMs, each.markPrice)
      joint?.standWorst(each)
    }
    if (joint) for (const each of played) joint.standAtEnd(each)
  }

  /** The same for a single instrument. `markPrice` at the candle's end, quote currency; absent: the close. */
  onCandle(symbol: InstrumentSymbol, candle: Candle, barMs: number, markPrice = candle.close): void {
    const desk = this.#desk
    const market = desk.market(symbol)
    const endAt = epochMs(candle.startAt + barMs)
    market.isOnCandles = true
    if (desk.agenda.nextAt < endAt) this.#timeline.runUntil(endAt, false)
    market.playedUntil = endAt
    const isIdle = market.isFlat && market.isQuiet
    if (!isIdle) {
      this.#timeline.begin()
      this.#candles.play(market, candle, endAt)
      this.#timeline.end()
    }
    desk.now = endAt
    market.lastTicks = nearTicks(candle.close, market.converter.tickSize)
    market.markPrice = markPrice
    if (!market.isFlat) desk.account.mark(symbol, markPrice)
    if (desk.agenda.nextAt <= endAt) this.#timeline.runUntil(endAt)
  }

  /** Funding at `at`: longs pay shorts `rate` of their value at `markPrice` (quote currency). Where events state it, they do. */
  onFunding(symbol: InstrumentSymbol, rate: number, markPrice: number, at: EpochMs): void {
    const desk = this.#desk
    const market = desk.market(symbol)
    this.#timeline.runUntil(at)
    if (at > desk.now) desk.now = at
    this.#timeline.begin()
    if (market.isOnCandles) desk.account.mark(symbol, markPrice)
    this.#fund(market, markPrice, rate, at)
    this.#timeline.end()
  }

  submit(order: ApprovedOrder): Promise<Submission> {
    return this.#entry.submit(order)
  }

  cancel(symbol: InstrumentSymbol, clientId: string): Promise<Cancellation> {
    return this.#entry.cancel(symbol, clientId)
  }

  async find(symbol: InstrumentSymbol, clientId: string): Promise<OrderLookup> {
    const order = this.#desk.history.find(symbol, clientId)
    return order ? { kind: 'found', report: reportOf(order) } : { kind: 'absent' }
  }

  async snapshot(symbols: readonly InstrumentSymbol[]): Promise<AccountSnapshot> {
    const desk = this.#desk
    return {
      openOrders: desk
        .live()
        .filter(({ request }) => symbols.includes(request.symbol))
        .map(reportOf),
      positions: symbols.flatMap((symbol) => desk.legs.map((leg) => desk.positionOf(symbol, leg))),
      balances: desk.account
        .currencies()
        .map((currency) => ({ currency, wallet: desk.account.wallet(currency), updatedAt: desk.walletAt })),
    }
  }

  async fillsSince(symbol: InstrumentSymbol, since: EpochMs): Promise<readonly Fill[]> {
    return this.#desk.fills.filter((fill) => fill.symbol === symbol && fill.at >= since)
  }

  /** What still waits for an answer gets `unknown`. */
  async close(): Promise<void> {
    this.#entry.close()
    this.#desk.outbox.close()
  }

  #apply(event: MarketEvent, market: VenueMarket): void {
    switch (event.kind) {
      case 'book':
        this.#tape.onBook(event, market)
        break
      case 'trade':
        this.#tape.onTrade(event, market)
        break
      case 'mark':
        this.#onMark(market, event)
        break
      case 'gap':
        if (event.reason !== 'trades') market.book.void()
        break
      default: // Quotes repeat the book, liquidations print as trades, a watermark is time alone.
        break
    }
    this.#tape.settle(market)
  }

  #onMark(market: VenueMarket, event: MarkEvent): void {
    const due = market.onMark(event)
    if (market.markPrice !== undefined) this.#desk.account.mark(market.instrument.symbol, market.markPrice)
    if (due) this.#fund(market, due.markPrice, due.rate, this.#desk.now)
    else this.#liquidate()
  }

  #fund({ instrument: { symbol } }: VenueMarket, markPrice: number, rate: number, at: EpochMs): void {
    this.#desk.fund(symbol, markPrice, rate, at)
    this.#liquidate()
  }

  #liquidate(): void {
    liquidateIfDue(this.#desk, (order, limit, piece) => {
      const { isOnCandles } = this.#desk.market(order.request.symbol)
      const matching = isOnCandles ? this.#candles : this.#tape
      matching.closeOut(order, limit, piece)
    })
  }
}
