import type { Clock } from '../core/clock.port.ts'
import type { InstrumentSymbol } from '../core/instrument.ts'
import type { Scheduler } from '../core/scheduler.port.ts'
import type { Background } from './background.ts'
import type { Ledger } from './ledger.ts'
import type { AccountEvent } from './order-gateway.port.ts'
import type { ReconcileReason, ReconcileReport, TraderEvent } from './trader-event.ts'
import type { TraderSettings } from './trader-settings.ts'

interface Parts {
  readonly book: Ledger
  readonly clock: Clock
  readonly scheduler: Scheduler
  readonly settings: TraderSettings
  readonly signal: AbortSignal
  readonly work: Background
  publish(event: TraderEvent): void
  /** Entries are frozen until a reconciliation begun since has been answered with the stream up. */
  streamTurned(isUp: boolean): void
  reconcile(reason: ReconcileReason): Promise<ReconcileReport>
}

/** Books what the venue tells unasked. What does not add up within `settleMs` (a fill is missing) is asked for. */
export function streamListener(parts: Parts): (event: AccountEvent) => void {
  const { book, clock, scheduler, settings, signal, work, publish, reconcile } = parts
  const venueLots = new Map<InstrumentSymbol, number>()
  const checking = new Set<InstrumentSymbol>()

  const addsUp = (symbol: InstrumentSymbol): boolean =>
    book.orders.shortOfFills(symbol).length === 0 &&
    (venueLots.get(symbol) ?? book.position(symbol)?.lots) === book.position(symbol)?.lots

  function checkSoon(symbol: InstrumentSymbol): void {
    if (!book.position(symbol) || addsUp(symbol) || checking.has(symbol)) return
    checking.add(symbol)
    work.run(async () => {
      await scheduler.sleep(settings.settleMs, signal)
      checking.delete(symbol)
      if (signal.aborted || addsUp(symbol)) return
      await reconcile('mismatch')
      venueLots.delete(symbol) // Reconciled with a newer one.
    })
  }

  function streamTurned(state: 'up' | 'down', detail: string): void {
    parts.streamTurned(state === 'up')
    publish({ kind: 'stream', state, detail, at: clock.now() })
    if (state === 'up') work.run(() => reconcile('reconnect'))
  }

  function take(event: AccountEvent): void {
    if (event.kind === 'order') {
      book.report(event.report)
      checkSoon(event.report.symbol)
    } else if (event.kind === 'fill') {
      if (book.fill(event.fill) === 'noisy') work.run(() => reconcile('mismatch'))
      checkSoon(event.fill.symbol)
    } else if (event.kind === 'position') {
      venueLots.set(event.report.symbol, event.report.lots)
      checkSoon(event.report.symbol)
    } else if (event.kind === 'balance') {
      book.wallets.seen(event.report)
    } else if (event.kind === 'cash') {
      const { currency, amount, reason, at, symbol } = event
      book.cash({ currency, amount, reason, at, ...(symbol && { symbol }) })
    } else {
      streamTurned(event.state, event.detail)
    }
  }

  // What throws here is a journal that cannot write, or a bug: the trader halts, the stream lives on.
  return (event) => {
    try {
      take(event)
    } catch (error) {
      work.run(() => Promise.reject(error))
    }
  }
}
