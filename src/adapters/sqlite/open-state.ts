import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import type { AlertOutbox } from '../../core/alert-outbox.port.ts'
import { check } from '../../core/check.ts'
import { InputError, messageOf } from '../../core/errors.ts'
import type { Journal } from '../../trading/journal.port.ts'
import { alertOutbox } from './alert-outbox.ts'
import { journal } from './journal.ts'
import { APPLICATION_ID, MIGRATIONS } from './schema.ts'
import { lockState } from './state-lock.ts'

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

const IN_MEMORY = ':memory:'
const BUSY_MS = 5_000
/** `PRAGMA synchronous`: better-sqlite3 is built to run WAL files at NORMAL (1), which may lose commits in a power cut. */
const FULL = 2

/**
 * Opens or creates the state file, its one writer. `:memory:` keeps nothing and takes no lock (backtests). Throws `InputError` naming
 * the file when it is in use, unwritable, damaged (it is left as it is), no state file, newer than this program, or another owner's.
 */
export function openState(path: string, owner: StateOwner): State {
  if (path !== IN_MEMORY) requireWritable(path)
  const unlock = path === IN_MEMORY ? () => undefined : lockState(path)
  let db: Database.Database | undefined
  try {
    db = openChecked(path)
    migrate(db, path)
    requireOwner(db, path, owner)
  } catch (error) {
    db?.close()
    unlock()
    throw error
  }
  const open = db
  return {
    path,
    journal: journal(open),
    outbox: alertOutbox(open),
    close() {
      open.close()
      unlock()
    },
  }
}

/** Makes the folder of the state file `path`. Throws `InputError` when folder or file is not writable. */
export function requireWritable(path: string): void {
  const folder = dirname(path)
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    if (existsSync(path)) accessSync(path, constants.W_OK)
  } catch (error) {
    throw new InputError(
      `state file ${path} cannot be written (${messageOf(error)}): folder and file must be writable`,
      {
        path,
      },
    )
  }
}

const damaged = (path: string, what: string): InputError =>
  new InputError(
    `state file ${path} is damaged (${what}): it is left as it is; restore a backup, or move it away to begin a new ledger`,
    { path },
  )

/** Looks before it writes: a file that is damaged or not ours stays as it was. */
function openChecked(path: string): Database.Database {
  let db: Database.Database | undefined
  try {
    db = new Database(path, { timeout: BUSY_MS })
    requireOurs(db, path)
    const result = db.pragma('quick_check(1)', { simple: true })
    if (result !== 'ok') throw damaged(path, String(result))
    const mode = db.pragma('journal_mode = WAL', { simple: true })
    check(mode === 'wal' || path === IN_MEMORY, 'journal_mode', mode)
    db.pragma('synchronous = FULL')
    check(db.pragma('synchronous', { simple: true }) === FULL, 'synchronous', path)
    db.pragma('foreign_keys = ON')
    check(db.pragma('foreign_keys', { simple: true }) === 1, 'foreign_keys', path)
    return db
  } catch (error) {
    db?.close()
    throw error instanceof Database.SqliteError ? damaged(path, `${error.code}: ${error.message}`) : error
  }
}

/** Throws `InputError` for a database that another program made, or a newer version of this one. */
export function requireOurs(db: Database.Database, path: string): void {
  const id = db.pragma('application_id', { simple: true })
  const isEmpty = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
  if (id !== APPLICATION_ID && !(isEmpty && id === 0)) {
    throw new InputError(`${path} is a database of another program (application_id ${id}): name another state file`, {
      path,
    })
  }
  const version = Number(db.pragma('user_version', { simple: true }))
  if (version > MIGRATIONS.length) {
    throw new InputError(
      `state file ${path} has schema ${version}; this program knows up to ${MIGRATIONS.length}: run the version that wrote it`,
      { path, version },
    )
  }
}

/** Each step and its version in one transaction: a crash leaves the old schema or the new one. */
function migrate(db: Database.Database, path: string): void {
  const from = Number(db.pragma('user_version', { simple: true }))
  MIGRATIONS.slice(from).forEach((sql, step) => {
    db.transaction(() => {
      db.exec(sql)
      db.pragma(`application_id = ${APPLICATION_ID}`)
      db.pragma(`user_version = ${from + step + 1}`)
    }).exclusive()
  })
  check(db.pragma('user_version', { simple: true }) === MIGRATIONS.length, 'user_version', path)
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
