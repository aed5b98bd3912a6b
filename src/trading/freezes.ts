import type { FreezeReason } from '../core/freeze-reason.ts'
import type { InstrumentSymbol } from '../core/instrument.ts'
import { isImmediate } from '../core/order.ts'
import type { OrderRecord } from './journal-records.ts'
import type { Ledger } from './ledger.ts'

/** Why entries are frozen, for all instruments or for one. */
export interface Freezes {
  set(reason: FreezeReason, on: boolean, symbol?: InstrumentSymbol): void
  /** Set reasons and those that the ledger's own state implies. */
  of(symbol: InstrumentSymbol): ReadonlySet<FreezeReason>
}

const ALL = ''

/** What it comes to is not in the position yet: an entry sized from that position would double it. A resting order may rest. */
const isUncertain = (order: OrderRecord): boolean =>
  order.origin === 'own' && (isImmediate(order) || (order.state !== 'open' && order.state !== 'partial'))

export function freezes(book: Pick<Ledger, 'orders'>): Freezes {
  const reasons = new Map<InstrumentSymbol, Set<FreezeReason>>()
  return {
    set(reason, on, symbol = ALL) {
      const set = reasons.get(symbol) ?? new Set()
      if (on) set.add(reason)
      else set.delete(reason)
      reasons.set(symbol, set)
    },
    of(symbol) {
      const all = new Set([...(reasons.get(ALL) ?? []), ...(reasons.get(symbol) ?? [])])
      if (book.orders.open(symbol).some(isUncertain)) all.add('unknown-order')
      if (book.orders.shortOfFills(symbol).length > 0) all.add('fills-missing')
      return all
    },
  }
}
