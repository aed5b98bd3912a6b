import type { InstrumentSymbol } from '../core/instrument.ts'
import type { Ledger } from './ledger.ts'
import type { OrderGateway } from './order-gateway.port.ts'

/** `confirmed`: the venue said so and the ledger knows how it ended. `open`: try again. */
export interface CancelResult {
  readonly clientId: string
  readonly outcome: 'confirmed' | 'open'
  readonly detail: string
}

/** Cancels own orders one after the other (a kill must not run into the venue's rate limit) and looks up how each ended. */
export function canceller(
  gateway: OrderGateway,
  book: Ledger,
  probe: (clientId: string) => Promise<boolean>,
): (symbol?: InstrumentSymbol) => Promise<readonly CancelResult[]> {
  return async (symbol) => {
    const results: CancelResult[] = []
    for (const order of book.orders.open(symbol).filter(({ origin }) => origin === 'own')) {
      const { clientId } = order
      const answer = await gateway.cancel(order.symbol, clientId)
      // Only a lookup says how it ended: the cancel may have crossed a fill.
      if (answer.kind !== 'unknown') await probe(clientId)
      const isOpen = book.orders.open(order.symbol).some((other) => other.clientId === clientId)
      const detail = answer.kind === 'unknown' ? answer.cause : answer.kind
      results.push({ clientId, outcome: isOpen ? 'open' : 'confirmed', detail })
    }
    return results
  }
}
