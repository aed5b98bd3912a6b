import type { Alert } from '../../core/alert.ts'

/** `retry`: it may have arrived or not; try again, after `afterMs` where the peer asked for a pause. `cause` holds no secret. */
export type Delivery =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly cause: string; readonly afterMs?: number }

/** One way to reach people. */
export interface AlertSink {
  /** Names it in the outbox: stays the same over restarts. */
  readonly name: string
  /** Never throws; answers within its own timeout, at once when `signal` is aborted. */
  deliver(alert: Alert, signal: AbortSignal): Promise<Delivery>
}
