import type { InstrumentSymbol } from '../../core/instrument.ts'
import { isLive, type VenueOrder } from './venue-order.ts'

/** Orders remembered; past it the oldest that ended are forgotten, and with them their client ids. */
const ORDERS_MAX = 10_000

const keyOf = (symbol: InstrumentSymbol, clientId: string): string => `${symbol}\n${clientId}`

/** Every order of the account by its client id, oldest first. */
export class OrderHistory {
  readonly #orders = new Map<string, VenueOrder>()

  add(order: VenueOrder): void {
    this.#orders.set(keyOf(order.request.symbol, order.request.clientId), order)
    if (this.#orders.size <= ORDERS_MAX) return
    for (const [key, old] of this.#orders) {
      if (isLive(old)) continue
      this.#orders.delete(key)
      return
    }
  }

  /** An order that the venue refused is none: its client id is free again. */
  forget({ request }: VenueOrder): void {
    this.#orders.delete(keyOf(request.symbol, request.clientId))
  }

  find(symbol: InstrumentSymbol, clientId: string): VenueOrder | undefined {
    return this.#orders.get(keyOf(symbol, clientId))
  }
}
