import { type Observable, Subject } from 'rxjs'
import { check } from '../../core/check.ts'
import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import type { MarkEvent, MarketEvent } from '../../core/market-event.ts'
import type { ApprovedOrder, Fill, PositionReport } from '../../core/order.ts'
import { type EpochMs, epochMs, lots, type Side, signOf, ticks } from '../../core/units.ts'
import type {
  AccountEvent,
  AccountSnapshot,
  Cancellation,
  OrderGateway,
  OrderLookup,
  Submission,
} from '../../trading/order-gateway.port.ts'
import { MarginAccount } from './margin-account.ts'
import { OrderHistory } from './order-history.ts'
import { rejectionOf } from './order-rules.ts'
import { VenueMarket } from './venue-market.ts'
import { isLive, remainingOf, reportOf, type VenueOrder } from './venue-order.ts'

/** Fills remembered for `fillsSince`; past it the oldest tenth is forgotten. */
const FILLS_MAX = 100_000

export interface SimulatedVenueSettings {
  readonly instruments: readonly Instrument[]
  /** From `submit` to the book, milliseconds of event time, ≥ 0. */
  readonly latencyMs: number
  /** Wallet of each settle currency at the start, decimal string. */
  readonly deposit: string
  /** Initial margin is value ÷ leverage. ≥ 1. */
  readonly leverage: number
  /** The account as an earlier run left it. Open orders do not survive. */
  readonly opening?: OpeningAccount | undefined
}

export interface OpeningAccount {
  /** Currency to decimal string; a currency not named begins with the deposit. */
  readonly wallets: Readonly<Record<string, string>>
  readonly positions: readonly Pick<PositionReport, 'symbol' | 'lots' | 'entryPrice'>[]
  /** Highest trade and order numbers given before, so that none is given twice. 0 for none. */
  readonly lastTradeId: number
  readonly lastOrderId: number
}

/**
 * An account at an exchange that is not there, for replay and paper: it sees the market's events before or after the rest of the
 * pipeline, and fills orders against them. Time is the latest `receivedAt`; there is no clock and no randomness.
 *
 * `submit` accepts or rejects at once what can be seen at once; the order meets the book as it stands `latencyMs` of event time later
 * (before the first event at or after that moment; with 0, at once), and all else comes as events: order, fill, position, balance.
 * Takers walk the displayed levels, and what they took stays gone until the level is reported anew. Resting orders queue behind
 * everything displayed (`RestingOrders`). An order that meets no synchronised book expires. A cancel of a resting order acts at
 * once; of one on its way it is `unknown` and follows the order into the book. Not simulated: our orders' effect on others' behaviour,
 * liquidation, self-trade prevention.
 */
export class SimulatedVenue implements OrderGateway {
  readonly venue = 'simulated'
  readonly #settings: SimulatedVenueSettings
  readonly #markets: ReadonlyMap<InstrumentSymbol, VenueMarket>
  readonly #account: MarginAccount
  readonly #history = new OrderHistory()
  readonly #events = new Subject<AccountEvent>()
  readonly #positionsAt = new Map<InstrumentSymbol, EpochMs>()
  /** On their way, in the order of arrival; bounded with the open orders. */
  #pending: VenueOrder[] = []
  #fills: Fill[] = []
  #now = epochMs(0)
  #walletAt = epochMs(0)
  #lastTradeId: number
  #lastOrderId: number
  #delivering = false
  #closed = false

  constructor(settings: SimulatedVenueSettings) {
    const { instruments, opening, latencyMs, leverage } = settings
    check(Number.isFinite(latencyMs) && latencyMs >= 0, 'latencyMs', latencyMs)
    check(Number.isFinite(leverage) && leverage >= 1, 'leverage', leverage)
    this.#settings = settings
    this.#markets = new Map(instruments.map((instrument) => [instrument.symbol, new VenueMarket(instrument)]))
    this.#account = new MarginAccount(instruments, (currency) => opening?.wallets[currency] ?? settings.deposit)
    for (const { symbol, lots: held, entryPrice } of opening?.positions ?? []) {
      this.#account.open(symbol, held, entryPrice)
    }
    this.#lastTradeId = opening?.lastTradeId ?? 0
    this.#lastOrderId = opening?.lastOrderId ?? 0
  }

  get events$(): Observable<AccountEvent> {
    return this.#events
  }

  /** Latest event time. */
  get now(): EpochMs {
    return this.#now
  }

  /** The next event of an instrument traded here; events of all instruments in the order of their arrival. */
  onMarketEvent(event: MarketEvent): void {
    const market = this.#markets.get(event.symbol)
    if (!market) return
    this.#deliver(event.receivedAt)
    if (event.receivedAt > this.#now) this.#now = event.receivedAt
    switch (event.kind) {
      case 'book':
        market.book.apply(event)
        market.resting.onBook(event, this.#rest)
        break
      case 'trade':
        market.resting.onTrade(event, this.#rest)
        break
      case 'mark':
        this.#onMark(market, event)
        break
      case 'gap':
        market.book.void()
        break
      default: // Quotes repeat the book, liquidations print as trades, a watermark is time alone.
        break
    }
    this.#tidy(market)
  }

  /** One function for the venue's life: no closure per event. */
  readonly #rest = (order: VenueOrder, size: number): number => this.#execute(order, order.request.price, size, true)

  async submit(order: ApprovedOrder): Promise<Submission> {
    if (this.#history.find(order.symbol, order.clientId)) return { kind: 'unknown', cause: 'duplicate client id' }
    if (this.#closed) return { kind: 'rejected', code: 'closed', reason: 'the venue is closed' }
    const rejection = rejectionOf(order, this.#markets.get(order.symbol), {
      account: this.#account,
      markets: this.#markets,
      live: this.#live(),
      leverage: this.#settings.leverage,
    })
    if (rejection) return { kind: 'rejected', ...rejection }
    const accepted: VenueOrder = {
      request: order,
      venueId: String(++this.#lastOrderId),
      arrivesAt: epochMs(this.#now + this.#settings.latencyMs),
      state: 'open',
      filled: 0,
      queueAhead: 0,
      cancelOnArrival: false,
      updatedAt: this.#now,
    }
    this.#history.add(accepted)
    this.#pending.push(accepted)
    if (this.#settings.latencyMs === 0) this.#deliver(this.#now)
    return { kind: 'accepted', venueId: accepted.venueId }
  }

  async cancel(symbol: InstrumentSymbol, clientId: string): Promise<Cancellation> {
    const order = this.#history.find(symbol, clientId)
    if (!order || !isLive(order)) return { kind: 'gone' }
    if (this.#pending.includes(order)) {
      order.cancelOnArrival = true
      return { kind: 'unknown', cause: 'the order is still on its way; the cancel follows it' }
    }
    this.#end(order, 'cancelled')
    this.#market(symbol).resting.sweep()
    return { kind: 'cancelled' }
  }

  async find(symbol: InstrumentSymbol, clientId: string): Promise<OrderLookup> {
    const order = this.#history.find(symbol, clientId)
    return order ? { kind: 'found', report: reportOf(order) } : { kind: 'absent' }
  }

  async snapshot(symbols: readonly InstrumentSymbol[]): Promise<AccountSnapshot> {
    return {
      openOrders: this.#live()
        .filter(({ request }) => symbols.includes(request.symbol))
        .map(reportOf),
      positions: symbols.map((symbol) => this.#positionOf(symbol)),
      balances: this.#account
        .currencies()
        .map((currency) => ({ currency, wallet: this.#account.wallet(currency), updatedAt: this.#walletAt })),
    }
  }

  async fillsSince(symbol: InstrumentSymbol, since: EpochMs): Promise<readonly Fill[]> {
    return this.#fills.filter((fill) => fill.symbol === symbol && fill.at >= since)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#events.complete()
  }

  #market(symbol: InstrumentSymbol): VenueMarket {
    const market = this.#markets.get(symbol)
    return check(market !== undefined, `market ${symbol} of the simulated venue`, market)!
  }

  #live(): readonly VenueOrder[] {
    return [...this.#pending, ...[...this.#markets.values()].flatMap(({ resting }) => resting.all.filter(isLive))]
  }

  /** Orders that have reached the book by `until`. A subscriber may submit from within: its order joins the same loop. */
  #deliver(until: EpochMs): void {
    if (this.#delivering) return
    this.#delivering = true
    for (let next = this.#pending[0]; next && next.arrivesAt <= until; next = this.#pending[0]) {
      this.#pending.shift()
      if (next.arrivesAt > this.#now) this.#now = next.arrivesAt
      this.#arrive(next)
    }
    this.#delivering = false
  }

  #arrive(order: VenueOrder): void {
    const { request } = order
    const market = this.#market(request.symbol)
    this.#report(order)
    const extreme = request.side === 'buy' ? Number.POSITIVE_INFINITY : 0
    const slices = market.book.reachable(request.side, request.type === 'market' ? extreme : request.price)
    const postOnly = request.type === 'limit' && request.timeInForce === 'GTX'
    if (!postOnly) {
      for (const { price, lots: size } of slices) {
        if (!isLive(order)) break
        const taken = this.#execute(order, wholeTicks(price, request.side), Math.min(size, remainingOf(order)), false)
        if (taken === 0) break
        market.book.take(request.side, price, taken)
      }
    }
    if (isLive(order)) this.#restOrEnd(order, market, postOnly && slices.length > 0)
    this.#tidy(market)
  }

  #restOrEnd(order: VenueOrder, market: VenueMarket, wouldTake: boolean): void {
    const { type, timeInForce, side, price } = order.request
    const stays = type === 'limit' && timeInForce !== 'IOC' && market.book.synced && !wouldTake
    if (!stays) this.#end(order, 'expired')
    else if (order.cancelOnArrival) this.#end(order, 'cancelled')
    else {
      order.queueAhead = market.book.displayed(side, price)
      market.resting.add(order)
    }
  }

  /** Fills up to `size`, reduce-only orders no further than flat. Returns what was filled. */
  #execute(order: VenueOrder, price: number, size: number, maker: boolean): number {
    const { request } = order
    const filled = Math.min(size, this.#allowance(order))
    if (filled <= 0) return 0
    const { symbol, side } = request
    const settlement = this.#account.fill(symbol, side, price, filled, maker)
    order.filled += filled
    order.state = remainingOf(order) > 0 ? 'partial' : 'filled'
    this.#positionsAt.set(symbol, this.#now)
    const fill: Fill = {
      symbol,
      tradeId: String(++this.#lastTradeId),
      clientId: request.clientId,
      venueId: order.venueId,
      side,
      price: ticks(price),
      lots: lots(filled),
      ...settlement,
      feeCurrency: this.#market(symbol).instrument.settle,
      maker,
      at: this.#now,
    }
    this.#fills.push(fill)
    if (this.#fills.length > FILLS_MAX) this.#fills = this.#fills.slice(FILLS_MAX / 10)
    this.#walletAt = this.#now
    this.#report(order)
    this.#events.next({ kind: 'fill', fill })
    this.#events.next({ kind: 'position', report: this.#positionOf(symbol) })
    this.#tellWallet(fill.feeCurrency)
    return filled
  }

  #allowance({ request }: VenueOrder): number {
    if (!request.reduceOnly) return request.lots
    return Math.max(0, -signOf(request.side) * this.#account.lots(request.symbol))
  }

  #onMark(market: VenueMarket, event: MarkEvent): void {
    const due = market.onMark(event)
    if (!due) return
    const { symbol, settle } = market.instrument
    const amount = this.#account.fund(symbol, due.markPrice, due.rate)
    if (amount === undefined) return
    this.#walletAt = this.#now
    this.#events.next({ kind: 'cash', currency: settle, amount, reason: 'FUNDING_FEE', at: this.#now })
    this.#tellWallet(settle)
  }

  /** Reduce-only orders that have nothing left to reduce expire, as on Binance; what has ended leaves the book. */
  #tidy({ resting }: VenueMarket): void {
    if (resting.all.length === 0) return
    for (const order of resting.all) if (isLive(order) && this.#allowance(order) === 0) this.#end(order, 'expired')
    resting.sweep()
  }

  #end(order: VenueOrder, state: 'cancelled' | 'expired'): void {
    order.state = state
    this.#report(order)
  }

  #report(order: VenueOrder): void {
    order.updatedAt = this.#now
    this.#events.next({ kind: 'order', report: reportOf(order) })
  }

  #positionOf(symbol: InstrumentSymbol): PositionReport {
    return {
      symbol,
      lots: this.#account.lots(symbol),
      entryPrice: this.#account.entryPrice(symbol),
      updatedAt: this.#positionsAt.get(symbol) ?? this.#now,
    }
  }

  #tellWallet(currency: string): void {
    this.#events.next({
      kind: 'balance',
      report: { currency, wallet: this.#account.wallet(currency), updatedAt: this.#walletAt },
    })
  }
}

/** Fills count whole ticks: what lies between two (see `Levels`) is taken at the one that is worse for the taker, within its limit. */
const wholeTicks = (price: number, side: Side): number =>
  side === 'buy' ? Math.ceil(price) : Math.max(1, Math.floor(price))
