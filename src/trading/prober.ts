import type { Clock } from '../core/clock.port.ts'
import { type OrderState, TERMINAL } from '../core/order.ts'
import type { Scheduler } from '../core/scheduler.port.ts'
import type { Ledger } from './ledger.ts'
import type { OrderGateway } from './order-gateway.port.ts'
import type { TraderSettings } from './trader-settings.ts'

/** "No such order" is believed when heard this often, and late enough. */
const ABSENCES_MIN = 2

const isUnanswered = (state: OrderState): boolean =>
  state === 'intended' || state === 'submitting' || state === 'unknown'

/**
 * Asks the venue for one order of ours by its client id until the answer proves something. Never sends it again: an order that the
 * venue does not know is dead, the next bar decides anew. One probe per order at a time. Resolves to true when proven.
 */
export function prober(
  gateway: OrderGateway,
  book: Ledger,
  clock: Clock,
  scheduler: Scheduler,
  settings: TraderSettings,
  signal: AbortSignal,
): (clientId: string) => Promise<boolean> {
  const underWay = new Map<string, Promise<boolean>>()

  async function probe(clientId: string): Promise<boolean> {
    const since = clock.monotonicMs()
    const first = book.orders.find(clientId)
    if (!first) return true
    let absences = 0
    // Past the guard at least, however long it is: an order that can never be proven absent would freeze entries for ever.
    const isDue = (attempt: number) =>
      attempt < settings.probesMax || clock.monotonicMs() - since < settings.absentGuardMs
    for (let attempt = 0; isDue(attempt) && !signal.aborted; attempt++) {
      if (attempt > 0) await scheduler.sleep(delayMs(settings, attempt), signal)
      const state = book.orders.find(clientId)?.state ?? 'absent'
      if (TERMINAL.has(state) || (isUnanswered(first.state) && !isUnanswered(state))) return true // The stream was faster.
      const lookup = await gateway.find(first.symbol, clientId)
      if (lookup.kind === 'found') {
        book.report(lookup.report)
        return true
      }
      if (lookup.kind === 'absent') absences++
      if (absences >= ABSENCES_MIN && clock.monotonicMs() - since >= settings.absentGuardMs) {
        book.apply(clientId, { kind: 'absent' }, { detail: `not at the venue after ${absences} lookups` })
        return true
      }
    }
    return false
  }

  return (clientId) => {
    const running = underWay.get(clientId)
    if (running) return running
    const started = probe(clientId).finally(() => underWay.delete(clientId))
    underWay.set(clientId, started)
    return started
  }
}

const delayMs = ({ probeDelayMs, probeDelayMsMax }: TraderSettings, attempt: number): number =>
  Math.min(probeDelayMs * 2 ** (attempt - 1), probeDelayMsMax)
