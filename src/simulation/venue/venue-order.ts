import type { ApprovedOrder, OrderReport } from '../../core/order.ts'
import type { EpochMs } from '../../core/units.ts'
import { lots } from '../../core/units.ts'

/** An order at the simulated venue. */
export interface VenueOrder {
  readonly request: ApprovedOrder
  readonly venueId: string
  /** When it reaches the book, event time. */
  readonly arrivesAt: EpochMs
  state: OrderReport['state']
  filled: number
  /** Displayed lots before it at its price, when it rests. */
  queueAhead: number
  /** A cancel came while it was on its way: it follows the order into the book. */
  cancelOnArrival: boolean
  updatedAt: EpochMs
}

export const remainingOf = (order: VenueOrder): number => order.request.lots - order.filled

export const isLive = ({ state }: VenueOrder): boolean => state === 'open' || state === 'partial'

export const reportOf = (order: VenueOrder): OrderReport => ({
  symbol: order.request.symbol,
  clientId: order.request.clientId,
  venueId: order.venueId,
  state: order.state,
  side: order.request.side,
  lots: order.request.lots,
  filledLots: lots(order.filled),
  priceTicks: order.request.type === 'market' ? 0 : order.request.price,
  reduceOnly: order.request.reduceOnly,
  updatedAt: order.updatedAt,
})
