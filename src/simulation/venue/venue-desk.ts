import Big from 'big.js'
import { check } from '../../core/check.ts'
import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import type { Fill, OrderIntent, PositionReport } from '../../core/order.ts'
import { type EpochMs, epochMs, lots, opposite, signOf, ticks } from '../../core/units.ts'
import type { AccountEvent } from '../../trading/order-gateway.port.ts'
import type { PositionSide } from '../account/account-settings.ts'
import type { Liquidation } from '../account/liquidation.ts'
import type { MarginAccount, Settlement } from '../account/margin-account.ts'
import type { Latency, LatencyModel } from '../latency/latency.ts'
import { Agenda } from './agenda.ts'
import { OrderHistory } from './order-history.ts'
import { Outbox } from './outbox.ts'
import type { SimulationSettings } from './simulation-settings.ts'
import { VenueMarket } from './venue-market.ts'
import { type Ending, isLive, newOrder, remainingOf, reportOf, type VenueOrder } from './venue-order.ts'

/** Fills remembered for `fillsSince`; past it the oldest tenth is forgotten. */
const FILLS_MAX = 100_000

/** From the answer at the book to our seeing it, on the timeline on which market data are seen `feedMs` late. */
const answerMs = ({ feedMs, responseMs }: Latency): number => Math.max(0, responseMs - feedMs)

/** The books of the simulated venue: orders, positions, money, and telling about them. Knows no matching. */
export class VenueDesk {
  /** What is meant to be now: the latest event time, or the moment inside a candle. */
  now = epochMs(0)
  readonly agenda = new Agenda<() => void>()
  readonly outbox = new Outbox(this.agenda)
  readonly history = new OrderHistory()
  readonly markets: ReadonlyMap<InstrumentSymbol, VenueMarket>
  readonly account: MarginAccount
  readonly isHedge: boolean
  /** The positions that are held apart per instrument. */
  readonly legs: readonly (PositionSide | undefined)[]
  readonly latency: LatencyModel
  /** Sent and not yet at the book; bounded with the open orders. */
  readonly onTheWay = new Set<VenueOrder>()
  readonly #positionsAt = new Map<InstrumentSymbol, EpochMs>()
  #fills: Fill[] = []
  #walletAt = epochMs(0)
  #lastTradeId: number
  #lastOrderId: number

  constructor(
    instruments: readonly Instrument[],
    account: MarginAccount,
    isHedge: boolean,
    simulation: SimulationSettings,
    last: { readonly tradeId: number; readonly orderId: number },
  ) {
    this.markets = new Map(instruments.map((one) => [one.symbol, new VenueMarket(one, simulation.queue)]))
    this.account = account
    this.isHedge = isHedge
    this.legs = isHedge ? ['long', 'short'] : [undefined]
    this.latency = simulation.latency
    for (const symbol of this.markets.keys()) this.#noteFlat(symbol)
    this.#lastTradeId = last.tradeId
    this.#lastOrderId = last.orderId
  }

  get fills(): readonly Fill[] {
    return this.#fills
  }

  get walletAt(): EpochMs {
    return this.#walletAt
  }

  market(symbol: InstrumentSymbol): VenueMarket {
    const market = this.markets.get(symbol)
    return check(market !== undefined, `market ${symbol} of the simulated venue`, market)!
  }

  live(): readonly VenueOrder[] {
    return [...this.onTheWay, ...[...this.markets.values()].flatMap((market) => market.live())]
  }

  nextVenueId(): string {
    return String(++this.#lastOrderId)
  }

  /** Fills up to `size`, reduce-only orders no further than flat. Returns what was filled. */
  execute(order: VenueOrder, price: number, size: number, maker: boolean): number {
    const filled = Math.min(size, remainingOf(order), this.allowance(order))
    if (filled <= 0) return 0
    const { symbol, side } = order.request
    this.account.advance(this.now)
    const settlement = this.account.fill(symbol, side, price, filled, maker, this.legOf(order.request))
    this.#record(order, price, filled, maker, settlement)
    this.#protect(order, filled)
    return filled
  }

  /** A piece of a liquidation: what its fee takes is told as cash, for no fee rate explains it. */
  liquidate(order: VenueOrder, due: Liquidation, price: number, size: number): void {
    const { fee, realisedPnl } = this.account.liquidate(due, price, size)
    this.#record(order, price, size, false, { fee: '0', realisedPnl })
    if (Number(fee) === 0) return
    const { symbol } = due
    const paid = new Big(fee).times(-1).toFixed()
    this.cash(this.market(symbol).instrument.settle, paid, 'INSURANCE_CLEAR', this.now, symbol)
  }

  #record(order: VenueOrder, price: number, size: number, maker: boolean, settlement: Settlement): void {
    const { symbol, side, clientId } = order.request
    order.filled += size
    order.state = remainingOf(order) > 0 ? 'partial' : 'filled'
    const leg = this.legOf(order.request)
    this.#positionsAt.set(symbol, this.now)
    this.#noteFlat(symbol)
    const fill: Fill = {
      symbol,
      tradeId: String(++this.#lastTradeId),
      clientId,
      venueId: order.venueId,
      side,
      price: ticks(price),
      lots: lots(size),
      ...settlement,
      feeCurrency: this.market(symbol).instrument.settle,
      maker,
      at: this.now,
    }
    this.#fills.push(fill)
    if (this.#fills.length > FILLS_MAX) this.#fills = this.#fills.slice(FILLS_MAX / 10)
    this.report(order)
    this.tell({ kind: 'fill', fill }, order.latency)
    this.tell({ kind: 'position', report: this.positionOf(symbol, leg) }, order.latency)
    this.#tellWallet(fill.feeCurrency, order.latency)
  }

  /** The position that an order means: in hedge mode the named one, otherwise the net one. */
  legOf({ positionSide }: Pick<OrderIntent, 'positionSide'>): PositionSide | undefined {
    return this.isHedge ? positionSide : undefined
  }

  /** Most lots that an order may still fill: one that can only reduce no more than is there to reduce. */
  allowance({ request, lots: size }: { readonly request: OrderIntent; readonly lots: number }): number {
    const leg = this.legOf(request)
    const closes = request.reduceOnly || (leg !== undefined && (leg === 'long') === (request.side === 'sell'))
    return closes ? Math.max(0, -signOf(request.side) * this.account.lots(request.symbol, leg)) : size
  }

  end(order: VenueOrder, state: 'cancelled' | 'expired' | 'rejected'): void {
    if (!isLive(order)) return
    order.state = state
    this.report(order)
  }

  /** Ends it if it lives, and says whether it did. */
  finish({ order, state, tell }: Ending): void {
    const kind = isLive(order) ? 'cancelled' : 'gone'
    this.end(order, state)
    tell(kind)
  }

  report(order: VenueOrder): void {
    order.updatedAt = this.now
    if (order.expiry && !isLive(order)) {
      this.agenda.drop(order.expiry)
      order.expiry = undefined
    }
    this.tell({ kind: 'order', report: reportOf(order) }, order.latency)
  }

  tell(event: AccountEvent, latency: Latency = this.latency.at(this.now)): void {
    this.outbox.tell(this.now, answerMs(latency), event)
  }

  /** A wallet change that no fill explains, told as such. */
  cash(currency: string, amount: string, reason: string, at = this.now, symbol?: InstrumentSymbol): void {
    const latency = this.latency.at(this.now)
    this.tell({ kind: 'cash', currency, amount, reason, at, ...(symbol && { symbol }) }, latency)
    this.#tellWallet(currency, latency)
  }

  fund(symbol: InstrumentSymbol, markPrice: number, rate: number, at: EpochMs): void {
    const amount = this.account.fund(symbol, markPrice, rate)
    if (amount !== undefined) this.cash(this.market(symbol).instrument.settle, amount, 'FUNDING_FEE', at, symbol)
  }

  /** Reduce-only orders that have nothing left to reduce expire, as on Binance; what has ended leaves the book. */
  tidy(market: VenueMarket): void {
    if (market.isQuiet) return
    for (const order of market.resting.all) if (this.allowance(order) === 0) this.end(order, 'expired')
    for (const order of market.waiting) if (order.entry && this.allowance(order) === 0) this.end(order, 'expired')
    market.sweep()
  }

  positionOf(symbol: InstrumentSymbol, leg: PositionSide | undefined): PositionReport {
    return {
      symbol,
      ...(leg && { positionSide: leg }),
      lots: this.account.lots(symbol, leg),
      entryPrice: this.account.entryPrice(symbol, leg),
      updatedAt: this.#positionsAt.get(symbol) ?? this.now,
    }
  }

  /** Signed lots; in hedge mode of both positions together. */
  net(symbol: InstrumentSymbol): number {
    return this.legs.reduce((sum, leg) => sum + this.account.lots(symbol, leg), 0)
  }

  #noteFlat(symbol: InstrumentSymbol): void {
    this.market(symbol).isFlat = this.legs.every((leg) => this.account.lots(symbol, leg) === 0)
  }

  #tellWallet(currency: string, latency: Latency): void {
    this.#walletAt = this.now
    const report = { currency, wallet: this.account.wallet(currency), updatedAt: this.#walletAt }
    this.tell({ kind: 'balance', report }, latency)
  }

  /** Stop-loss and take-profit of an entry come alive with its first fill and grow with it. They are born at the venue: no latency. */
  #protect(entry: VenueOrder, filled: number): void {
    const { protection } = entry.request
    if (!protection) return
    const alive = entry.protection.filter(isLive)
    if (alive.length > 0) {
      for (const order of alive) {
        order.lots += filled
        this.report(order)
      }
      return
    }
    const burst = entry.protection.length === 0 ? '' : String(this.#lastOrderId)
    entry.protection = []
    for (const [kind, type] of [
      ['stopLoss', 'stop-market'],
      ['takeProfit', 'take-profit-market'],
    ] as const) {
      const trigger = protection[kind]
      if (!trigger) continue
      const { protection: _, expiresAt: __, ...same } = entry.request
      const request: OrderIntent = {
        ...same,
        clientId: `${same.clientId}-${kind === 'stopLoss' ? 'sl' : 'tp'}${burst}`,
        side: opposite(same.side),
        ...{ lots: lots(filled), type, price: trigger.ticks, trigger, timeInForce: 'GTC', reduceOnly: true },
      }
      const order = newOrder(request, this.nextVenueId(), entry.latency, { now: this.now, arrivesAt: this.now }, entry)
      entry.protection.push(order)
      this.history.add(order)
      this.market(same.symbol).waiting.push(order)
      this.report(order)
    }
  }
}
