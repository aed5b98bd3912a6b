import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { ApprovedOrder } from '../../core/order.ts'
import { epochMs } from '../../core/units.ts'
import type { Cancellation, Submission } from '../../trading/order-gateway.port.ts'
import type { Latency } from '../latency/latency.ts'
import { type Rejection, rejectionOf } from './order-rules.ts'
import { RateLimit } from './rate-limit.ts'
import type { TapeMatching } from './tape-matching.ts'
import type { Timeline } from './timeline.ts'
import type { VenueDesk } from './venue-desk.ts'
import { isLive, newOrder, type VenueOrder } from './venue-order.ts'

const CLOSED = { kind: 'unknown', cause: 'the venue closed before its answer' } as const

/** The way of orders and cancels to the book, and of their answers back; the end of those good till a date. */
export class OrderEntry {
  readonly #desk: VenueDesk
  readonly #tape: TapeMatching
  readonly #timeline: Timeline
  readonly #rateLimit: RateLimit
  #closed = false

  constructor(desk: VenueDesk, tape: TapeMatching, timeline: Timeline, messagesPerMinuteMax: number) {
    this.#desk = desk
    this.#tape = tape
    this.#timeline = timeline
    this.#rateLimit = new RateLimit(messagesPerMinuteMax)
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
      this.#timeline.runUntil(now)
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
    return desk.outbox.request<Cancellation>(CLOSED, (answer) => {
      if (arrivesAt === now && latency.responseMs === 0) {
        this.#withdraw(order, (kind) => answer({ kind }))
        return
      }
      desk.agenda.add(arrivesAt, () =>
        this.#withdraw(order, (kind) => this.#answer(arrivesAt, now, latency, () => answer({ kind }))),
      )
    })
  }

  /** Nothing is taken any more. */
  close(): void {
    this.#closed = true
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
    order.expiry = () => this.#end(order, 'expired')
    this.#desk.agenda.add(expiresAt + order.latency.feedMs, order.expiry)
  }

  #withdraw(order: VenueOrder, tell: (kind: 'cancelled' | 'gone') => void = () => undefined): void {
    this.#end(order, 'cancelled', tell)
  }

  /** Of an order in a candle that is not played yet nobody knows whether it is still there: its end waits for the candle. */
  #end(
    order: VenueOrder,
    state: 'cancelled' | 'expired',
    tell: (kind: 'cancelled' | 'gone') => void = () => undefined,
  ): void {
    const desk = this.#desk
    const market = desk.market(order.request.symbol)
    const ending = { order, at: desk.now, state, tell }
    if (market.isOnCandles && desk.now > market.playedUntil) market.ending.push(ending)
    else {
      desk.finish(ending)
      market.sweep()
    }
  }

  /** An answer made at the book at `arrivedAt` reaches us `entry` + `response` after `sentAt`, and not before. */
  #answer(arrivedAt: number, sentAt: number, { entryMs, responseMs }: Latency, give: () => void): void {
    this.#desk.agenda.add(Math.max(arrivedAt, sentAt + entryMs + responseMs), give)
  }
}
