import type { Observable } from 'rxjs'
import type { InstrumentSymbol } from '../core/instrument.ts'
import type { ApprovedOrder, BalanceReport, Fill, OrderReport, PositionReport } from '../core/order.ts'
import type { EpochMs } from '../core/units.ts'

/** `unknown` (timeout, 5xx, dropped socket, duplicate id) is no failure: the order may be live. Look up the client id. */
export type Submission =
  | { readonly kind: 'accepted'; readonly venueId: string }
  | { readonly kind: 'rejected'; readonly code: string; readonly reason: string }
  | { readonly kind: 'unknown'; readonly cause: string }

/** `gone`: the venue says that no such open order exists (filled, cancelled or never there): look it up. */
export type Cancellation =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unknown'; readonly cause: string }

export type OrderLookup =
  | { readonly kind: 'found'; readonly report: OrderReport }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly cause: string }

/** The whole account as the venue states it at one moment. */
export interface AccountSnapshot {
  readonly openOrders: readonly OrderReport[]
  /** Every instrument asked for, flat ones included. */
  readonly positions: readonly PositionReport[]
  readonly balances: readonly BalanceReport[]
}

/** What the venue tells unasked, in the order of its arrival. */
export type AccountEvent =
  | { readonly kind: 'order'; readonly report: OrderReport }
  | { readonly kind: 'fill'; readonly fill: Fill }
  | { readonly kind: 'position'; readonly report: PositionReport }
  | { readonly kind: 'balance'; readonly report: BalanceReport }
  /** Funding, liquidation fee, transfer: a wallet change that no fill explains. Decimal string. */
  | {
      readonly kind: 'cash'
      readonly currency: string
      readonly amount: string
      readonly reason: string
      readonly at: EpochMs
      /** Whose funding or liquidation fee it is, where the venue says so. */
      readonly symbol?: InstrumentSymbol
    }
  /** After `up` everything must be reconciled: events may have been missed. */
  | { readonly kind: 'stream'; readonly state: 'up' | 'down'; readonly detail: string }

export interface OrderGateway {
  readonly venue: string
  /** Hot, shared, never errors. */
  readonly events$: Observable<AccountEvent>
  /** Never throws. One `clientId` makes at most one order. */
  submit(order: ApprovedOrder): Promise<Submission>
  /** Never throws. */
  cancel(symbol: InstrumentSymbol, clientId: string): Promise<Cancellation>
  /** Never throws. */
  find(symbol: InstrumentSymbol, clientId: string): Promise<OrderLookup>
  /** Throws `TransientError` when the venue does not answer: the caller must not read silence as flat. */
  snapshot(symbols: readonly InstrumentSymbol[]): Promise<AccountSnapshot>
  /** Fills of the account since `since` (venue clock, inclusive), ascending by time, all pages. Throws `TransientError`. */
  fillsSince(symbol: InstrumentSymbol, since: EpochMs): Promise<readonly Fill[]>
  close(): Promise<void>
}
