import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs } from '../../core/units.ts'
import type { Agenda } from './agenda.ts'
import type { AccountId, VenueOrder } from './exchange.ts'
import type { ExchangeOutput } from './exchange-output.ts'
import type { InsuranceFund } from './insurance-fund.ts'
import type { Ledger, LiveOrder } from './ledger.ts'
import type { Market } from './market.ts'

/** State of the whole exchange, shared by the desks. */
export interface Venue {
  now: EpochMs
  readonly markets: ReadonlyMap<InstrumentSymbol, Market>
  readonly ledgers: ReadonlyMap<AccountId, Ledger>
  /** Keyed orders in work or at rest, by id. */
  readonly live: Map<number, LiveOrder>
  readonly fund: InsuranceFund
  /** Ends of GTD orders. */
  readonly agenda: Agenda
  /** The account, made on first sight with the deposit in its wallet. */
  ledgerOf(account: AccountId): Ledger
  emit(output: ExchangeOutput): void
  drain(): readonly ExchangeOutput[]
  nextOrderId(): number
  nextAlgoId(): number
}

export const emitOrder = (
  venue: Venue,
  execution: Extract<ExchangeOutput, { kind: 'order' }>['execution'],
  order: VenueOrder,
): void => venue.emit({ kind: 'order', account: order.account, at: venue.now, execution, order: { ...order } })

type Ending = 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH'

/** Ends a keyed order that is out of the book. */
export function endOrder(venue: Venue, live: LiveOrder, status: Ending): void {
  live.state.status = status
  live.state.updatedAt = venue.now
  live.resting = undefined
  venue.live.delete(live.state.orderId)
  venue.ledgerOf(live.state.account).open.delete(live.state.orderId)
  emitOrder(venue, status === 'CANCELED' ? 'CANCELED' : 'EXPIRED', live.state)
}

/**
 * Lots that a reduce-only order may still trade: what is left to close on its side. In hedge mode only longs are closed by selling,
 * only shorts by buying.
 */
export function closable(venue: Venue, account: AccountId, symbol: InstrumentSymbol, side: 'buy' | 'sell'): number {
  const { money, hedged } = venue.ledgerOf(account)
  if (hedged) return Math.abs(side === 'buy' ? money.lots(symbol, 'short') : money.lots(symbol, 'long'))
  const lots = money.lots(symbol)
  return Math.max(0, side === 'buy' ? -lots : lots)
}

/** In hedge mode an order that closes reduces only, said or not. */
export const reducesOnly = (
  { hedged }: Ledger,
  { side, positionSide, reduceOnly }: Pick<VenueOrder, 'side' | 'positionSide' | 'reduceOnly'>,
): boolean => reduceOnly || (hedged && (side === 'buy') === (positionSide === 'SHORT'))
