import type { Observable, Subscription } from 'rxjs'
import { InvariantError, messageOf, TransientError } from '../core/errors.ts'
import type { FreezeReason } from '../core/freeze-reason.ts'
import type { InstrumentSymbol } from '../core/instrument.ts'
import type { ApprovedOrder } from '../core/order.ts'
import { type CancelResult, canceller } from './canceller.ts'
import type { DecisionRecord, OrderRecord, PositionRecord } from './journal-records.ts'
import { streamListener } from './stream-listener.ts'
import type { Decided, Placement } from './submitter.ts'
import { PROTOCOL_LATCH, type TraderParts, traderCore } from './trader-core.ts'
import type { Money, ReconcileReason, ReconcileReport, TraderEvent } from './trader-event.ts'

/** Owns the ledger and the way to the venue: nothing else books or sends. */
export interface Trader {
  /** Hot; in the order of the commits. Never errors. */
  readonly events$: Observable<TraderEvent>
  /** Reads the ledger, asks the venue, makes them agree. Throws `TransientError` when the venue does not answer: do not trade. */
  start(): Promise<ReconcileReport>
  /** Commits decisions and intents in one durable transaction, then sends without waiting. Throws when the journal cannot commit. */
  commit(decided: readonly Decided[]): readonly Placement[]
  /** `commit` of one decision with its order. `closedAtMs`: monotonic time of the event that closed the bar. */
  place(order: ApprovedOrder, record: DecisionRecord, closedAtMs?: number): Placement
  /** `commit` of one decision without an order. */
  record(record: DecisionRecord): Placement
  /** One at a time: a call during a run waits for the next run, which it shares with others. */
  reconcile(reason: ReconcileReason): Promise<ReconcileReport>
  /** Cancels own open orders, of one instrument or all, and says what each came to. */
  cancelAll(symbol?: InstrumentSymbol): Promise<readonly CancelResult[]>
  /** From our fills. Undefined until the account was first read. */
  position(symbol: InstrumentSymbol): PositionRecord | undefined
  positions(): readonly PositionRecord[]
  /** Not terminal, external ones included. */
  openOrders(symbol?: InstrumentSymbol): readonly OrderRecord[]
  money(currency: string): Money | undefined
  /** Its `wallet` alone: asked for at every bar. */
  wallet(currency: string): string | undefined
  /** Empty: entries are allowed. */
  freezes(symbol: InstrumentSymbol): ReadonlySet<FreezeReason>
  /** No submission, probe, check or reconciliation is under way. */
  settled(): Promise<void>
  /** No entries and no waits any more; submissions under way are awaited. Closes neither gateway nor journal. */
  stop(): Promise<void>
}

export function trader(parts: TraderParts): Trader {
  const { gateway, journal, clock, scheduler } = parts
  const core = traderCore(parts)
  const { settings, events, signal, book, frozen, work, probe, halt } = core
  let stream: Subscription | undefined

  /** As `core.reconcile`, also waited for by `settled`. */
  function reconcile(reason: ReconcileReason): Promise<ReconcileReport> {
    const report = core.reconcile(reason)
    work.run(() => report)
    return report
  }
  async function routine(): Promise<void> {
    while (!signal.aborted) {
      await scheduler.sleep(settings.reconcileMs, signal)
      if (!signal.aborted) await reconcile('periodic')
    }
  }
  function commit(decided: readonly Decided[]): readonly Placement[] {
    try {
      return core.submit.commit(decided)
    } catch (error) {
      halt(error)
      if (error instanceof InvariantError) {
        journal.setLatch({ name: PROTOCOL_LATCH, reason: messageOf(error), at: clock.now() })
      }
      throw error
    }
  }

  return {
    events$: events.asObservable(),
    async start() {
      stream ??= gateway.events$.subscribe(streamListener({ ...core, clock, scheduler }))
      const report = await reconcile('start')
      if (!report.answered) throw new TransientError(`${gateway.venue} did not answer: ${report.cause}`)
      frozen.set('starting', false)
      // Its errors are already known to `reconcile`.
      if (settings.reconcileMs > 0) void routine().catch(() => undefined)
      return report
    },
    commit,
    place: (order, record, closedAtMs) =>
      commit([closedAtMs === undefined ? { record, order } : { record, order, closedAtMs }])[0]!,
    record: (record) => commit([{ record }])[0]!,
    reconcile,
    cancelAll: canceller(gateway, book, probe),
    position: (symbol) => book.position(symbol),
    positions: () => parts.instruments.flatMap(({ symbol }) => book.position(symbol) ?? []),
    openOrders: (symbol) => book.orders.open(symbol),
    money: (currency) => book.wallets.money(currency, clock.now()),
    wallet: (currency) => book.wallets.balance(currency)?.wallet,
    freezes: (symbol) => frozen.of(symbol),
    settled: () => work.settled(),
    async stop() {
      frozen.set('stopping', true)
      core.stopping.abort()
      await work.settled()
      stream?.unsubscribe()
      events.complete()
    },
  }
}
