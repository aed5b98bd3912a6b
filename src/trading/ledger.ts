import { check } from '../core/check.ts'
import type { Instrument, InstrumentSymbol } from '../core/instrument.ts'
import type { Fill, OrderIntent, OrderReport } from '../core/order.ts'
import type { Journal } from './journal.port.ts'
import type { CashRecord, FillRecord, OrderRecord, PositionRecord } from './journal-records.ts'
import { type OrderEvent, stepOrder } from './order-lifecycle.ts'
import { type OrderStore, orderStore, type Told } from './order-store.ts'
import { bookFill } from './position-book.ts'
import type { TraderEvent } from './trader-event.ts'
import { type Wallets, wallets } from './wallets.ts'

/** `foreign`: an instrument that is not ours to trade. `old`: before the ledger began. */
export type FillOutcome = 'applied' | 'duplicate' | 'noisy' | 'foreign' | 'old'

/**
 * What we own and owe. Memory is a copy of the journal, changed only after the journal has committed: dropping it at any moment
 * loses nothing. Every method is one transaction and tells `listener` what changed after it.
 */
export interface Ledger {
  readonly orders: Pick<OrderStore, 'find' | 'open' | 'shortOfFills'>
  readonly wallets: Pick<Wallets, 'balance' | 'money' | 'open' | 'seen'>
  /** First meeting with the account: the position found there and the fills known to be inside it. */
  open(position: PositionRecord, known: readonly Fill[]): void
  position(symbol: InstrumentSymbol): PositionRecord | undefined
  /** An intent was committed: its order is alive from now on. */
  added(intent: OrderIntent): void
  /** An event of an own order. `also` runs in the same transaction. */
  apply(clientId: string, event: OrderEvent, told?: Told, also?: () => void): void
  /** A report of any order: one that no intent explains is booked as external, unless it has no size of its own (close-position). */
  report(report: OrderReport): void
  fill(fill: Fill): FillOutcome
  cash(cash: CashRecord): void
}

export function ledger(
  journal: Journal,
  instruments: readonly Instrument[],
  listener: (event: TraderEvent) => void,
): Ledger {
  const settleOf = new Map(instruments.map(({ symbol, settle }) => [symbol, settle]))
  const positions = new Map(journal.positions().map((position) => [position.symbol, position]))
  const orders = orderStore(journal)
  const money = wallets(journal, settleOf)

  function applyFill(fill: Fill, before: PositionRecord): void {
    const order = orders.findOf(fill)
    const record: FillRecord = {
      // In front, as V8 is slow to add keys behind a spread; a fill from the venue has no origin of its own.
      origin: order?.origin ?? 'external',
      ...fill,
      clientId: order?.clientId ?? fill.clientId,
    }
    const position = bookFill(before, fill)
    const change = journal.transaction(() => {
      check(journal.addFill(record), 'a fill is applied once', `${fill.symbol} ${fill.tradeId}`)
      journal.savePosition(position)
      money.bookFill(fill)
      if (!order) return undefined
      const appliedLots = order.appliedLots + fill.lots
      return orders.step({ ...order, appliedLots }, { kind: 'filled', filledLots: appliedLots }, fill)
    })
    money.commit()
    positions.set(fill.symbol, position)
    listener({ kind: 'fill', fill: record, position })
    if (!change) return
    orders.remember(change.order)
    listener({ kind: 'order', order: change.order, correction: change.correction })
    if (change.order.appliedLots > change.order.lots) listener({ kind: 'overfill', order: change.order })
  }

  function applyEvent(before: OrderRecord, event: OrderEvent, told: Told, also?: () => void): void {
    const { order, changed, correction } = journal.transaction(() => {
      also?.()
      return orders.step(before, event, told)
    })
    orders.remember(order)
    if (changed) listener({ kind: 'order', order, correction })
  }

  return {
    orders,
    wallets: money,
    open(position, known) {
      journal.transaction(() => {
        journal.savePosition(position)
        for (const fill of known) journal.addFill({ ...fill, origin: 'opening' })
      })
      positions.set(position.symbol, position)
    },
    position: (symbol) => positions.get(symbol),
    added({ clientId }) {
      const order = journal.order(clientId)
      if (order) orders.remember(order)
    },
    apply(clientId, event, told = {}, also) {
      const order = orders.find(clientId)
      if (!order) return void check(false, 'an order event has its order', clientId)
      // Not written: after a crash an `intended` order is looked up in any case, and a second fsync would delay the send.
      if (event.kind === 'sent') orders.remember({ ...order, state: stepOrder(order, event).status.state })
      else applyEvent(order, event, told, also)
    },
    report(report) {
      if (!settleOf.has(report.symbol) || report.lots <= 0) return
      const known = orders.findOf(report)
      if (known) return applyEvent(known, { kind: 'report', report }, report)
      const order = journal.transaction(() => orders.addExternal(report))
      orders.remember(order)
      listener({ kind: 'order', order, correction: false })
    },
    fill(fill) {
      const position = positions.get(fill.symbol)
      if (!position) return 'foreign'
      const known = journal.fill(fill.symbol, fill.tradeId)
      if (known) {
        if (same(known, fill)) return 'duplicate'
        listener({ kind: 'noisy-fill', fill, known })
        return 'noisy'
      }
      if (fill.at < position.openedAt) return 'old'
      applyFill(fill, position)
      return 'applied'
    },
    cash(cash) {
      const isNew = !money.isOld(cash) && journal.transaction(() => journal.addCash(cash) && money.bookCash(cash))
      money.commit()
      if (isNew) listener({ kind: 'cash', cash })
    },
  }
}

const same = (a: Fill, b: Fill): boolean => a.price === b.price && a.lots === b.lots && a.side === b.side
