import type { OrderIntent, OrderReport } from '../../core/order.ts'
import { type EpochMs, lots } from '../../core/units.ts'
import type { Latency } from '../latency/latency.ts'
import { type BestTicks, type Conditional, isConditional } from '../orders/conditional.ts'
import type { QueuePosition } from './queue-model.ts'

/** An order at the simulated venue. */
export interface VenueOrder {
  /** What was asked for; the venue's own orders (protection, liquidation) have one too. */
  readonly request: OrderIntent
  readonly venueId: string
  readonly latency: Latency
  /** When it reaches the book, on the local receive timeline. */
  readonly arrivesAt: EpochMs
  /** Grows with the entry where it protects one. */
  lots: number
  state: OrderReport['state']
  filled: number
  readonly queue: QueuePosition
  /** Of a trailing stop. */
  best: BestTicks
  /** A conditional order whose price was reached: from now on a market or limit order. */
  triggered: boolean
  /** Stands in the book. */
  rests: boolean
  /** What the agenda holds for its end, while it is `GTD` and lives. */
  expiry: (() => void) | undefined
  /** Of attached protection: the order whose fills it guards. */
  readonly entry: VenueOrder | undefined
  /** What guards its fills, or last did: a stop-loss, a take-profit or both. */
  protection: VenueOrder[]
  updatedAt: EpochMs
}

/** That an order is cancelled or expires at a moment. */
export interface Ending {
  readonly order: VenueOrder
  readonly at: number
  readonly state: 'cancelled' | 'expired'
  /** `gone`: it had ended before. */
  tell(kind: 'cancelled' | 'gone'): void
}

export const remainingOf = (order: VenueOrder): number => order.lots - order.filled

export const isLive = ({ state }: VenueOrder): boolean => state === 'open' || state === 'partial'

/** The trigger of an order that waits for one, or waited. */
export const conditionOf = ({ request }: VenueOrder): Conditional | undefined =>
  isConditional(request) ? request : undefined

/** Has a limit, whether it waited for a trigger or not. */
export const isLimited = ({ request: { type } }: VenueOrder): boolean =>
  type === 'limit' || type === 'stop-limit' || type === 'take-profit-limit'

export const reportOf = (order: VenueOrder): OrderReport => ({
  symbol: order.request.symbol,
  clientId: order.request.clientId,
  venueId: order.venueId,
  state: order.state,
  side: order.request.side,
  lots: lots(order.lots),
  filledLots: lots(order.filled),
  priceTicks: isLimited(order) ? order.request.price : 0,
  reduceOnly: order.request.reduceOnly,
  updatedAt: order.updatedAt,
})

/** A new order on its way to the book. */
export function newOrder(
  request: OrderIntent,
  venueId: string,
  latency: Latency,
  times: { readonly now: EpochMs; readonly arrivesAt: EpochMs },
  entry?: VenueOrder,
): VenueOrder {
  return {
    request,
    venueId,
    latency,
    arrivesAt: times.arrivesAt,
    lots: request.lots,
    state: 'open',
    filled: 0,
    queue: { ahead: 0, traded: 0 },
    best: undefined,
    triggered: false,
    rests: false,
    expiry: undefined,
    entry,
    protection: [],
    updatedAt: times.now,
  }
}
