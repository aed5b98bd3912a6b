import type { EpochMs } from './units.ts'

export type AlertSeverity = 'info' | 'warning' | 'critical'

/** What happened, for filters: a user may want fills and halts only. */
export type AlertKind =
  | 'start'
  | 'stop'
  | 'order'
  | 'fill'
  | 'refusal'
  | 'disconnect'
  | 'reconnect'
  | 'model'
  | 'reconcile'
  | 'halt'
  | 'signal'

/** One message for people. `text` is plain (each sink escapes it for itself); `data` is JSON, without secrets. */
export interface Alert {
  /** A pure function of the event where one exists, so that a replayed event alerts once. At most 200 characters. */
  readonly id: string
  readonly at: EpochMs
  readonly severity: AlertSeverity
  readonly kind: AlertKind
  readonly text: string
  readonly data: Readonly<Record<string, string | number | boolean | null>>
}
