import type { Fill } from '../core/order.ts'
import type { EpochMs } from '../core/units.ts'
import type { CashRecord, FillRecord, OrderRecord, PositionRecord } from './journal-records.ts'

/** The venue and the ledger differ. `ours` and `theirs` are signed lots or decimal strings. */
export interface Mismatch {
  readonly what: 'position' | 'balance'
  /** Instrument, or currency of a balance. */
  readonly of: string
  readonly ours: string
  readonly theirs: string
}

/** Why the venue was asked for everything. */
export type ReconcileReason = 'start' | 'reconnect' | 'periodic' | 'mismatch' | 'stop'

export interface ReconcileReport {
  readonly reason: ReconcileReason
  /** False when the venue did not answer: nothing is known, entries stay frozen. */
  readonly answered: boolean
  /** After missing fills were fetched. */
  readonly positionMatches: boolean
  /** Before a difference was booked as unexplained cash. */
  readonly balanceMatches: boolean
  readonly fillsFound: number
  readonly ordersUnknown: number
  readonly mismatches: readonly Mismatch[]
  readonly cause: string
}

/** What the trader tells console and alerts, in the order in which it was committed. */
export type TraderEvent =
  /** An order changed. `correction`: the venue proved a terminal state wrong. */
  | { readonly kind: 'order'; readonly order: OrderRecord; readonly correction: boolean }
  | { readonly kind: 'fill'; readonly fill: FillRecord; readonly position: PositionRecord }
  | { readonly kind: 'cash'; readonly cash: CashRecord }
  /** Same trade id, other price, size or side: dropped, the venue is asked. */
  | { readonly kind: 'noisy-fill'; readonly fill: Fill; readonly known: FillRecord }
  | { readonly kind: 'overfill'; readonly order: OrderRecord }
  | { readonly kind: 'stream'; readonly state: 'up' | 'down'; readonly detail: string; readonly at: EpochMs }
  | { readonly kind: 'reconciled'; readonly report: ReconcileReport; readonly at: EpochMs }
  /** Entries are over until a person looks: `code` says why. */
  | {
      readonly kind: 'halt'
      readonly code: 'journal' | 'bug'
      readonly detail: string
      readonly at: EpochMs
    }

/** One currency's money. Decimal strings; today begins at 00:00 UTC. */
export interface Money {
  readonly currency: string
  /** start + realised − fees + cash. */
  readonly wallet: string
  readonly venueWallet: string
  readonly realised: string
  readonly fees: string
  readonly cash: string
  readonly realisedToday: string
  readonly feesToday: string
}
