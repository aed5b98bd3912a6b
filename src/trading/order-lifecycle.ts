import { unreachable } from '../core/check.ts'
import { type OrderReport, type OrderState, TERMINAL } from '../core/order.ts'

/** The part of an order that its life changes. */
export interface OrderStatus {
  readonly state: OrderState
  readonly lots: number
  readonly filledLots: number
  /** Venue clock of the newest report applied; 0 before the first. */
  readonly updatedAt: number
}

export type OrderEvent =
  /** Handed to the gateway. */
  | { readonly kind: 'sent' }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected' }
  /** No answer, or one that proves nothing. */
  | { readonly kind: 'lost' }
  /** The venue does not know it, asked often and late enough to believe it. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'report'; readonly report: Pick<OrderReport, 'state' | 'filledLots' | 'updatedAt'> }
  /** Σ lots of the order's fills, after one was applied. */
  | { readonly kind: 'filled'; readonly filledLots: number }

/** `correction`: the venue proved a terminal state wrong; it must be logged. `ignored`: stale, or nothing new. */
export interface OrderStep {
  readonly status: OrderStatus
  readonly change: 'moved' | 'ignored' | 'correction'
}

/** Which states may follow each, corrections aside. */
export const TRANSITIONS: Readonly<Record<OrderState, ReadonlySet<OrderState>>> = {
  intended: new Set<OrderState>(['submitting', 'unknown', 'open', 'partial', ...TERMINAL]),
  submitting: new Set<OrderState>(['unknown', 'open', 'partial', 'filled', 'cancelled', 'expired', 'rejected']),
  unknown: new Set<OrderState>(['open', 'partial', ...TERMINAL]),
  open: new Set<OrderState>(['partial', 'filled', 'cancelled', 'expired', 'rejected']),
  partial: new Set<OrderState>(['filled', 'cancelled', 'expired']),
  filled: new Set(),
  cancelled: new Set(),
  expired: new Set(),
  rejected: new Set(),
  absent: new Set(),
}

/** Not yet known to be at the venue. */
const UNANSWERED: ReadonlySet<OrderState> = new Set(['intended', 'submitting', 'unknown'])

/** Pure step of an order's life. Total: any event in any state, in any order, duplicates included, gives a legal state. */
export function stepOrder(status: OrderStatus, event: OrderEvent): OrderStep {
  const unanswered = UNANSWERED.has(status.state)
  switch (event.kind) {
    case 'sent':
      return status.state === 'intended' ? move(status, 'submitting') : ignore(status)
    case 'accepted':
      return unanswered ? move(status, 'open') : ignore(status)
    case 'rejected': // An order that the venue has reported before is live, whatever an answer says (a retry's duplicate id).
      return unanswered ? move(status, 'rejected') : ignore(status)
    case 'lost':
      return unanswered ? move(status, 'unknown') : ignore(status)
    case 'absent': // It was there once, and venues forget dead orders.
      if (status.state === 'submitting') return ignore(status) // Its answer is still on the way.
      if (unanswered) return move(status, 'absent')
      return TERMINAL.has(status.state) ? ignore(status) : move(status, 'cancelled')
    case 'report':
      return stepReport(status, event.report)
    case 'filled':
      return stepFilled(status, event.filledLots)
    default:
      return unreachable(event)
  }
}

const ignore = (status: OrderStatus): OrderStep => ({ status, change: 'ignored' })

function move(status: OrderStatus, state: OrderState, rest: Partial<OrderStatus> = {}): OrderStep {
  const { lots, filledLots, updatedAt } = status
  const next = { lots, filledLots, updatedAt, ...rest, state }
  if (state !== status.state) {
    return { status: next, change: TRANSITIONS[status.state].has(state) ? 'moved' : 'correction' }
  }
  const same = next.filledLots === status.filledLots && next.updatedAt === status.updatedAt
  return { status: next, change: same ? 'ignored' : 'moved' }
}

function stepReport(status: OrderStatus, report: Pick<OrderReport, 'state' | 'filledLots' | 'updatedAt'>): OrderStep {
  const filledLots = Math.max(status.filledLots, report.filledLots)
  // An older report still proves what it says is filled: fills are never undone.
  if (report.updatedAt < status.updatedAt) return stepFilled(status, filledLots)
  const state = stateWith(report.state, filledLots, status.lots)
  const backwards = rank(state) < rank(status.state)
  if (backwards && report.updatedAt === status.updatedAt) return stepFilled(status, filledLots)
  if (status.state === 'filled') return move(status, 'filled', { filledLots, updatedAt: report.updatedAt })
  return move(status, state, { filledLots, updatedAt: report.updatedAt })
}

function stepFilled(status: OrderStatus, filled: number): OrderStep {
  const filledLots = Math.max(status.filledLots, filled)
  if (filledLots === status.filledLots && !UNANSWERED.has(status.state)) return ignore(status)
  if (filledLots === 0) return ignore(status)
  // A late fill after a cancel leaves it cancelled, unless nothing was left to cancel.
  const ended = status.state === 'cancelled' || status.state === 'expired' || status.state === 'filled'
  if (ended && filledLots < status.lots) return move(status, status.state, { filledLots })
  return move(status, stateWith('partial', filledLots, status.lots), { filledLots })
}

function stateWith(reported: OrderReport['state'], filledLots: number, lots: number): OrderState {
  if (filledLots >= lots) return 'filled'
  if (filledLots === 0) return reported === 'partial' ? 'open' : reported
  if (reported === 'open') return 'partial'
  return reported === 'rejected' ? 'cancelled' : reported
}

const rank = (state: OrderState): number => {
  if (UNANSWERED.has(state)) return 0
  if (state === 'absent' || state === 'rejected') return 1 // The weakest proof: anything that the venue reports beats it.
  if (TERMINAL.has(state)) return 4
  return state === 'open' ? 2 : 3
}
