import { TERMINAL } from '../core/order.ts'
import type { Scheduler } from '../core/scheduler.port.ts'
import type { Ledger } from './ledger.ts'
import type { ReconcileReason } from './trader-event.ts'
import type { TraderSettings } from './trader-settings.ts'

interface Parts {
  readonly book: Pick<Ledger, 'orders'>
  readonly scheduler: Scheduler
  readonly settings: TraderSettings
  readonly signal: AbortSignal
  probe(clientId: string): Promise<boolean>
  reconcile(reason: ReconcileReason): Promise<unknown>
}

/**
 * Sees to it that we hear how an order that cannot rest ended: the stream tells within `settleMs`, or its frames are lost, and
 * the position is wrong until somebody asks.
 */
export function follower(parts: Parts): (clientId: string) => Promise<void> {
  const { book, scheduler, settings, signal, probe, reconcile } = parts
  const isOver = (clientId: string) => TERMINAL.has(book.orders.find(clientId)?.state ?? 'absent')
  return async (clientId) => {
    if (!isOver(clientId)) await scheduler.sleep(settings.settleMs, signal)
    if (isOver(clientId) || signal.aborted) return
    await probe(clientId)
    const symbol = book.orders.find(clientId)?.symbol
    if (symbol !== undefined && book.orders.shortOfFills(symbol).length > 0) await reconcile('mismatch')
  }
}
