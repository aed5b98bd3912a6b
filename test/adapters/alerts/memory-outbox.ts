import type { Alert } from '../../../src/core/alert.ts'
import type { AlertOutbox, PendingAlert } from '../../../src/core/alert-outbox.port.ts'
import type { EpochMs } from '../../../src/core/units.ts'

/** The outbox's contract without a disk. */
export function memoryOutbox() {
  const rows = new Map<string, PendingAlert>()
  const known = new Set<string>()
  const log: string[] = []
  const keyOf = (id: string, sink: string) => `${sink} ${id}`
  const of = (sink: string) => [...rows.values()].filter((row) => row.sink === sink)
  const outbox: AlertOutbox = {
    add: (alert: Alert, sinks) => {
      if (known.has(alert.id)) return false
      known.add(alert.id)
      for (const sink of sinks) rows.set(keyOf(alert.id, sink), { alert, sink, attempts: 0, nextAttemptAt: alert.at })
      return true
    },
    due: (sink, now, limit) =>
      of(sink)
        .filter(({ nextAttemptAt }) => nextAttemptAt <= now)
        .slice(0, limit),
    nextDueAt: (sink) =>
      of(sink)
        .map(({ nextAttemptAt }) => nextAttemptAt)
        .sort((a, b) => a - b)[0],
    delivered: (id, sink) => {
      log.push(`delivered ${id}`)
      rows.delete(keyOf(id, sink))
    },
    failed: (id, sink, nextAttemptAt: EpochMs, error) => {
      log.push(`failed ${id}: ${error}`)
      const row = rows.get(keyOf(id, sink))!
      rows.set(keyOf(id, sink), { ...row, attempts: row.attempts + 1, nextAttemptAt })
    },
    dropped: (id, sink) => void rows.delete(keyOf(id, sink)),
    pendingCount: (sink) => of(sink).length,
  }
  return { outbox, log }
}
