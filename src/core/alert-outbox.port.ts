import type { Alert } from './alert.ts'
import type { EpochMs } from './units.ts'

/** An alert that one sink still owes. `attempts` counts deliveries tried so far. */
export interface PendingAlert {
  readonly alert: Alert
  readonly sink: string
  readonly attempts: number
  readonly nextAttemptAt: EpochMs
}

/**
 * Durable queue between those who raise alerts and the sinks that deliver them, at least once each. Synchronous, since its store is;
 * every call is one short transaction. Holds at most a stated number of undelivered alerts per sink: past it the oldest that
 * are not critical are dropped, then the oldest.
 */
export interface AlertOutbox {
  /** Durable when it returns. False when an alert with this id is already there: nothing changes. */
  add(alert: Alert, sinks: readonly string[]): boolean
  /** Undelivered alerts of `sink` with `nextAttemptAt ≤ now`, oldest first, at most `limit`. */
  due(sink: string, now: EpochMs, limit: number): readonly PendingAlert[]
  /** When the next undelivered alert of `sink` falls due; undefined when nothing waits. */
  nextDueAt(sink: string): EpochMs | undefined
  delivered(id: string, sink: string, at: EpochMs): void
  /** Counts the attempt and puts the next one off. `error` must hold no secret. */
  failed(id: string, sink: string, nextAttemptAt: EpochMs, error: string): void
  /** Gives up on it for good. */
  dropped(id: string, sink: string, at: EpochMs, reason: string): void
  pendingCount(sink: string): number
}
