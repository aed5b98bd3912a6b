import type { Observable } from 'rxjs'
import { check } from '../../core/check.ts'
import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import type { MarkEvent, MarketEvent } from '../../core/market-event.ts'
import type { ApprovedOrder, Fill, PositionReport } from '../../core/order.ts'
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
import type { AccountSettings, MarginType } from '../account/account-settings.ts'
import { MarginAccount } from '../account/margin-account.ts'
import type { Latency } from '../latency/latency.ts'
import { CandleMatching } from './candle-matching.ts'
import { liquidateIfDue } from './liquidation.ts'
import { nearTicks } from './near-ticks.ts'
import { type Rejection, rejectionOf } from './order-rules.ts'
import { RateLimit } from './rate-limit.ts'
import type { SimulationSettings } from './simulation-settings.ts'
import { TapeMatching } from './tape-matching.ts'
import { VenueDesk } from './venue-desk.ts'
import type { VenueMarket } from './venue-market.ts'
import { isLive, newOrder, reportOf, type VenueOrder } from './venue-order.ts'

export interface SimulatedVenueSettings {
  readonly instruments: readonly Instrument[]
  readonly simulation: SimulationSettings
  /** Wallet of each settle currency at the start, decimal string. */
  readonly deposit: string
  /** Initial margin is value ÷ leverage. ≥ 1. */
  readonly leverage: number
  /** Absent: cross. */
  readonly marginMode?: MarginType
  /** Absent: net positions, one margin tier, the instruments' own fees, Binance's liquidation fee. */
  readonly account?: Partial<Omit<AccountSettings, 'leverageOf' | 'marginTypeOf'>>
  /** The account as an earlier run left it. Open orders do not survive. */
  readonly opening?: OpeningAccount | undefined
}

export interface OpeningAccount {
  /** Currency to decimal string; a currency not named begins with the deposit. */
  readonly wallets: Readonly<Record<string, string>>
  readonly positions: readonly Pick<PositionReport, 'symbol' | 'lots' | 'entryPrice' | 'positionSide'>[]
  /** Highest trade and order numbers given before, so that none is given twice. 0 for none. */
  readonly lastTradeId: number
  readonly lastOrderId: number
}

const CLOSED = { kind: 'unknown', cause: 'the venue closed before its answer' } as const

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
  readonly #tape: TapeMatching
  readonly #candles: CandleMatching
  readonly #rateLimit: RateLimit
  /** Orders that expired inside the candle that is about to be played: they still meet its open. */
  #expiring: VenueOrder[] = []
  #working = false
  #closed = false

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
    this.#tape = new TapeMatching(this.#desk)
    this.#candles = new CandleMatching(this.#desk, simulation.candles)
    this.#rateLimit = new RateLimit(simulation.messagesPerMinuteMax)
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
    this.#runUntil(event.receivedAt)
    if (event.receivedAt > this.#desk.now) this.#desk.now = event.receivedAt
    this.#begin()
    this.#apply(event, market)
    this.#end()
  }

  /**
   * Instead of events where only candles are known. A candle of `barMs` has ended; candles of all instruments in the order of their ends. `markPrice` at its end, quote currency; absent:
   * the close. Orders that arrived since its start, those sent at the last close among them, meet its open.
   */
  onCandle(symbol: InstrumentSymbol, candle: Candle, barMs: number, markPrice = candle.close): void {
    const desk = this.#desk
    const market = desk.market(symbol)
    const endAt = epochMs(candle.startAt + barMs)
    market.isOnCandles = true
    if (desk.agenda.nextAt < endAt) this.#runUntil(endAt, false)
    const isIdle = market.isFlat && market.isQuiet
    if (!isIdle) {
      const expiring = this.#expiring.filter(({ request }) => request.symbol === symbol)
      this.#expiring = this.#expiring.filter((order) => !expiring.includes(order))
      this.#begin()
      this.#candles.play(market, candle, endAt, expiring)
      this.#end()
    }
    desk.now = endAt
    market.lastTicks = nearTicks(candle.close, market.converter.tickSize)
    market.markPrice = markPrice
    if (!market.isFlat) desk.account.mark(symbol, markPrice)
    if (desk.agenda.nextAt <= endAt) this.#runUntil(endAt)
  }

  /** Funding at `at`: longs pay shorts `rate` of their value at `markPrice` (quote currency). Where events state it, they do. */
  onFunding(symbol: InstrumentSymbol, rate: number, markPrice: number, at: EpochMs): void {
    this.#runUntil(at)
    if (at > this.#desk.now) this.#desk.now = at
    this.#begin()
    this.#fund(this.#desk.market(symbol), markPrice, rate, at)
    this.#end()
  }

  submit(order: ApprovedOrder): Promise<Submission> {
    const desk = this.#desk
    const { now } = desk
    if (desk.history.find(order.symbol, order.clientId)) {
      return Promise.resolve({ kind: 'unknown', cause: 'duplicate client id' })
    }
    if (this.#closed) return Promise.resolve({ kind: 'rejected', code: 'closed', reason: 'the venue is closed' })
    const latency = desk.latency.at(now)
    const isAdmitted = this.#rateLimit.admits(now)
    const refused: Rejection | undefined = isAdmitted
      ? undefined
      : { code: 'rate-limit', reason: 'too many messages within the minute' }
    if (latency.responseMs === 0) {
      const rejection = refused ?? rejectionOf(order, desk)
      if (rejection) return Promise.resolve({ kind: 'rejected', ...rejection })
      const sent = this.#send(order, latency, () => this.#arrive(sent))
      this.#runUntil(now)
      return Promise.resolve({ kind: 'accepted', venueId: sent.venueId })
    }
    return desk.outbox.request<Submission>(CLOSED, (answer) => {
      const sent = this.#send(order, latency, () => {
        const rejection = refused ?? rejectionOf(order, desk)
        if (rejection) desk.history.forget(sent)
        else this.#arrive(sent)
        this.#answer(sent.arrivesAt, now, latency, () =>
          answer(rejection ? { kind: 'rejected', ...rejection } : { kind: 'accepted', venueId: sent.venueId }),
        )
      })
    })
  }

  cancel(symbol: InstrumentSymbol, clientId: string): Promise<Cancellation> {
    const desk = this.#desk
    const { now } = desk
    const order = desk.history.find(symbol, clientId)
    const latency = desk.latency.at(now)
    if (!order || (!isLive(order) && latency.responseMs === 0)) return Promise.resolve({ kind: 'gone' })
    if (this.#closed) return Promise.resolve({ kind: 'unknown', cause: 'the venue is closed' })
    if (!this.#rateLimit.admits(now)) return Promise.resolve({ kind: 'unknown', cause: 'rate-limit' })
    const arrivesAt = now + latency.entryMs + latency.feedMs
    if (desk.onTheWay.has(order)) {
      desk.agenda.add(Math.max(arrivesAt, order.arrivesAt), () => this.#withdraw(order))
      return Promise.resolve({ kind: 'unknown', cause: 'the order is still on its way; the cancel follows it' })
    }
    if (arrivesAt === now && latency.responseMs === 0) return Promise.resolve({ kind: this.#withdraw(order) })
    return desk.outbox.request<Cancellation>(CLOSED, (answer) => {
      desk.agenda.add(arrivesAt, () => {
        const kind = this.#withdraw(order)
        this.#answer(arrivesAt, now, latency, () => answer({ kind }))
      })
    })
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
    this.#closed = true
    this.#desk.outbox.close()
  }

  #send(order: ApprovedOrder, latency: Latency, arrive: () => void): VenueOrder {
    const desk = this.#desk
    const { now } = desk
    const arrivesAt = epochMs(now + latency.entryMs + latency.feedMs)
    const sent = newOrder(order, desk.nextVenueId(), latency, { now, arrivesAt })
    desk.history.add(sent)
    desk.onTheWay.add(sent)
    desk.agenda.add(arrivesAt, () => {
      desk.onTheWay.delete(sent)
      arrive()
    })
    return sent
  }

  #arrive(order: VenueOrder): void {
    const { symbol, expiresAt } = order.request
    const market = this.#desk.market(symbol)
    if (market.isOnCandles) market.arrived.push(order)
    else this.#tape.arrive(order, market)
    if (expiresAt === undefined || !isLive(order)) return
    order.expiry = () => this.#expire(order)
    this.#desk.agenda.add(expiresAt + order.latency.feedMs, order.expiry)
  }

  #expire(order: VenueOrder): void {
    const market = this.#desk.market(order.request.symbol)
    if (market.arrived.includes(order)) this.#expiring.push(order)
    else this.#desk.end(order, 'expired')
    market.sweep()
  }

  #withdraw(order: VenueOrder): 'cancelled' | 'gone' {
    if (!isLive(order)) return 'gone'
    this.#desk.end(order, 'cancelled')
    this.#desk.market(order.request.symbol).sweep()
    return 'cancelled'
  }

  /** An answer made at the book at `arrivedAt` reaches us `entry` + `response` after `sentAt`, and not before. */
  #answer(arrivedAt: number, sentAt: number, { entryMs, responseMs }: Latency, give: () => void): void {
    this.#desk.agenda.add(Math.max(arrivedAt, sentAt + entryMs + responseMs), give)
  }

  /** Everything on the agenda up to `until`, that moment included or not. Called from within an event it leaves that to the outer call. */
  #runUntil(until: number, inclusive = true): void {
    if (this.#working) return
    const desk = this.#desk
    this.#working = true
    for (let at = desk.agenda.nextAt; inclusive ? at <= until : at < until; at = desk.agenda.nextAt) {
      if (at > desk.now) desk.now = epochMs(at)
      desk.agenda.take()()
    }
    this.#working = false
  }

  /** An event begins: what subscribers send before its end is looked at after it. */
  #begin(): void {
    this.#working = true
  }

  #end(): void {
    this.#working = false
    if (this.#desk.agenda.nextAt <= this.#desk.now) this.#runUntil(this.#desk.now)
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
    liquidateIfDue(this.#desk, (order, limit, piece) => this.#tape.closeOut(order, limit, piece))
  }
}
