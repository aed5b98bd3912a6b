import type { Database } from 'better-sqlite3'
import type { Alert } from '../../core/alert.ts'
import type { AlertOutbox, PendingAlert } from '../../core/alert-outbox.port.ts'
import { type EpochMs, epochMs } from '../../core/units.ts'

/** Undelivered alerts kept per sink. */
export const PENDING_MAX = 10_000
/** Alerts kept in all, delivered or not. */
const ALERTS_MAX = 100_000
const ERROR_CHARACTERS_MAX = 500

interface AlertRow {
  readonly id: string
  readonly at: number
  readonly severity: string
  readonly kind: string
  readonly text: string
  readonly data: string
}

export const alertOf = ({ id, at, severity, kind, text, data }: AlertRow): Alert =>
  ({ id, at, severity, kind, text, data: JSON.parse(data) }) as Alert

const PENDING = 'delivered_at IS NULL AND dropped_at IS NULL'

/** The outbox in the state file. */
export function alertOutbox(db: Database, pendingMax: number = PENDING_MAX): AlertOutbox {
  const insert = db.prepare<[AlertRow]>(`
    INSERT INTO alerts (id, at, severity, kind, text, data) VALUES (@id, @at, @severity, @kind, @text, @data)
    ON CONFLICT (id) DO NOTHING`)
  const owe = db.prepare('INSERT INTO deliveries (seq, sink, next_attempt_at) VALUES (?, ?, ?)')
  const forget = db.prepare('DELETE FROM alerts WHERE seq <= ?')
  const due = db.prepare<[string, number, number], AlertRow & { attempts: number; nextAttemptAt: number }>(`
    SELECT id, at, severity, kind, text, data, attempts, next_attempt_at AS nextAttemptAt
    FROM deliveries JOIN alerts USING (seq) WHERE sink = ? AND next_attempt_at <= ? AND ${PENDING} ORDER BY seq LIMIT ?`)
  const nextDue = db
    .prepare<[string], number | null>(`SELECT min(next_attempt_at) FROM deliveries WHERE sink = ? AND ${PENDING}`)
    .pluck()
  const count = db.prepare<[string], number>(`SELECT count(*) FROM deliveries WHERE sink = ? AND ${PENDING}`).pluck()
  const dropOldest = db.prepare(`
    UPDATE deliveries SET dropped_at = @at, error = 'outbox full' WHERE sink = @sink AND seq = (
      SELECT seq FROM deliveries JOIN alerts USING (seq) WHERE sink = @sink AND ${PENDING}
      ORDER BY severity = 'critical', seq LIMIT 1)`)
  const one = `WHERE sink = @sink AND ${PENDING} AND seq = (SELECT seq FROM alerts WHERE id = @id)`
  const delivered = db.prepare(`UPDATE deliveries SET attempts = attempts + 1, delivered_at = @at, error = '' ${one}`)
  const failed = db.prepare(`
    UPDATE deliveries SET attempts = attempts + 1, next_attempt_at = @nextAttemptAt, error = @error ${one}`)
  const dropped = db.prepare(`UPDATE deliveries SET dropped_at = @at, error = @error ${one}`)

  const add = db.transaction((alert: Alert, sinks: readonly string[]): boolean => {
    const { changes, lastInsertRowid } = insert.run({ ...alert, data: JSON.stringify(alert.data) })
    if (changes === 0) return false
    const seq = Number(lastInsertRowid)
    for (const sink of sinks) {
      owe.run(seq, sink, alert.at)
      if (Number(count.get(sink)) > pendingMax) dropOldest.run({ sink, at: alert.at })
    }
    if (seq > ALERTS_MAX) forget.run(seq - ALERTS_MAX)
    return true
  })
  const cut = (error: string): string => error.slice(0, ERROR_CHARACTERS_MAX)

  return {
    add: (alert, sinks) => add.immediate(alert, sinks),
    due: (sink, now, limit) =>
      due.all(sink, now, limit).map(
        ({ attempts, nextAttemptAt, ...row }): PendingAlert => ({
          alert: alertOf(row),
          sink,
          attempts,
          nextAttemptAt: epochMs(nextAttemptAt),
        }),
      ),
    nextDueAt: (sink): EpochMs | undefined => {
      const at = nextDue.get(sink)
      return typeof at === 'number' ? epochMs(at) : undefined
    },
    delivered: (id, sink, at) => void delivered.run({ id, sink, at }),
    failed: (id, sink, nextAttemptAt, error) => void failed.run({ id, sink, nextAttemptAt, error: cut(error) }),
    dropped: (id, sink, at, reason) => void dropped.run({ id, sink, at, error: cut(reason) }),
    pendingCount: (sink) => Number(count.get(sink)),
  }
}
