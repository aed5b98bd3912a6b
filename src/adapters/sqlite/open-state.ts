import type Database from 'better-sqlite3'
import type { AlertOutbox } from '../../core/alert-outbox.port.ts'
import { InputError } from '../../core/errors.ts'
import type { Journal } from '../../trading/journal.port.ts'
import { alertOutbox } from './alert-outbox.ts'
import { journal } from './journal.ts'
import { type DatabaseKind, openDatabase } from './open-database.ts'
import { APPLICATION_ID, MIGRATIONS } from './schema.ts'

/** What a state file belongs to. Opening it as anything else is refused. */
export interface StateOwner {
  /** `demo`, `signal`, `paper`, `live`, … */
  readonly mode: string
  /** Venue and account, e.g. `binanceusdm/main`. No secret. */
  readonly venue: string
}

export interface State {
  readonly path: string
  readonly journal: Journal
  readonly outbox: AlertOutbox
  /** Checkpoints and frees the lock. */
  close(): void
}

/** Ledger and journal of a daemon. */
export const STATE_FILE: DatabaseKind = {
  applicationId: APPLICATION_ID,
  migrations: MIGRATIONS,
  damaged: (path, what) =>
    `state file ${path} is damaged (${what}): it is left as it is; restore a backup, or move it away to begin a new ledger`,
  foreign: (path, id) => `${path} is a database of another program (application_id ${id}): name another state file`,
  newer: (path, version) =>
    `state file ${path} has schema ${version}; this program knows up to ${MIGRATIONS.length}: run the version that wrote it`,
}

/** Opens or creates the state file. Throws `InputError` as `openDatabase`, and for another owner's. */
export function openState(path: string, owner: StateOwner): State {
  const { db, close } = openDatabase(path, STATE_FILE)
  try {
    requireOwner(db, path, owner)
  } catch (error) {
    close()
    throw error
  }
  return { path, journal: journal(db), outbox: alertOutbox(db), close }
}

function requireOwner(db: Database.Database, path: string, owner: StateOwner): void {
  const read = db.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck()
  const write = db.prepare('INSERT INTO meta VALUES (?, ?)')
  const entries = Object.entries({ mode: owner.mode, venue: owner.venue })
  db.transaction(() => {
    for (const [key, value] of entries) {
      const found = read.get(key)
      if (found === undefined) write.run(key, value)
      else if (found !== value) {
        throw new InputError(
          `state file ${path} belongs to ${key} "${found}", not "${value}": every mode and account has a file of its own`,
          { path, key, found, value },
        )
      }
    }
  }).immediate()
}
