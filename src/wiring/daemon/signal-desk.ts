import { type Observable, Subject } from 'rxjs'
import type { ApprovedOrder } from '../../core/order.ts'
import { type EpochMs, lots, signOf } from '../../core/units.ts'
import type { Journal } from '../../trading/journal.port.ts'
import type { PositionRecord } from '../../trading/journal-records.ts'
import type { Placement } from '../../trading/submitter.ts'
import type { Desk } from '../session/desk.ts'

export interface Signal {
  readonly order: ApprovedOrder
  /** Signed, after it. */
  readonly positionLots: number
}

export interface SignalDesk extends Desk {
  readonly signals$: Observable<Signal>
}

const NO_FREEZES: ReadonlySet<never> = new Set<never>()
const NO_ORDERS = { buy: 0, sell: 0 }

/**
 * The desk of `signal` mode: an approved order is told, not sent, and counts as filled at its limit, so that the next signal says
 * what to change. `walletQuote`: what sizes are reckoned with; profit is not.
 */
export function signalDesk(journal: Journal, walletQuote: number): SignalDesk {
  const held = new Map(journal.positions().map((position) => [position.symbol, position]))
  const signals = new Subject<Signal>()

  function follow(order: ApprovedOrder, at: EpochMs): PositionRecord {
    const before = held.get(order.symbol)
    const after = lots((before?.lots ?? 0) + signOf(order.side) * order.lots)
    return {
      symbol: order.symbol,
      lots: after,
      entryTicks: after === 0 ? '0' : String(order.price),
      openingLots: lots(0),
      openedAt: before?.openedAt ?? at,
      realised: '0',
      fees: '0',
      updatedAt: at,
    }
  }

  return {
    signals$: signals.asObservable(),
    position: (symbol) => {
      const position = held.get(symbol)
      return { lots: position?.lots ?? 0, entryTicks: Number(position?.entryTicks ?? 0) }
    },
    openLots: () => NO_ORDERS,
    freezes: () => NO_FREEZES,
    walletQuote: () => walletQuote,
    commit: (decided) => {
      const told: Signal[] = []
      const placements = journal.transaction(() =>
        decided.map(({ record, order }): Placement => {
          if (!journal.recordDecision(record)) return { kind: 'duplicate' }
          if (order) {
            const position = follow(order, order.createdAt)
            journal.savePosition(position)
            held.set(order.symbol, position)
            told.push({ order, positionLots: position.lots })
          }
          return { kind: 'recorded' }
        }),
      )
      for (const signal of told) signals.next(signal)
      return placements
    },
  }
}
