import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { check } from '../../core/check.ts'
import { InputError, messageOf } from '../../core/errors.ts'
import { lockState } from './state-lock.ts'

const IN_MEMORY = ':memory:'
const BUSY_MS = 5_000
/** `PRAGMA synchronous`: better-sqlite3 is built to run WAL files at NORMAL (1), which may lose commits in a power cut. */
const FULL = 2

/** What tells our databases from each other, and how messages about one are worded. */
export interface DatabaseKind {
  readonly applicationId: number
  /** In order; the version of a file is how many of them it has had. */
  readonly migrations: readonly string[]
  damaged(path: string, what: string): string
  /** Another program made it. */
  foreign(path: string, applicationId: number): string
  newer(path: string, version: number): string
  /** Another process writes it. */
  inUse?(path: string, holder: string): string
}

/** A database and its lock. */
export interface OpenDatabase {
  readonly db: Database.Database
  /** Checkpoints and frees the lock. */
  close(): void
}

/**
 * Opens or creates a database, its one writer, migrated. `:memory:` keeps nothing and takes no lock. Throws `InputError` naming the file
 * when it is in use, unwritable, damaged (it is left as it is), another program's, or newer than this one.
 */
export function openDatabase(path: string, kind: DatabaseKind): OpenDatabase {
  if (path !== IN_MEMORY) requireWritable(path)
  const unlock = path === IN_MEMORY ? () => undefined : locked(path, kind)
  let db: Database.Database | undefined
  try {
    db = openChecked(path, kind)
    migrate(db, path, kind)
  } catch (error) {
    db?.close()
    unlock()
    throw error
  }
  const open = db
  return {
    db: open,
    close() {
      open.close()
      unlock()
    },
  }
}

/** Makes the folder of the database `path`. Throws `InputError` when folder or file is not writable. */
export function requireWritable(path: string): void {
  const folder = dirname(path)
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    if (existsSync(path)) accessSync(path, constants.W_OK)
  } catch (error) {
    const rule = 'folder and file must be writable'
    throw new InputError(`state file ${path} cannot be written (${messageOf(error)}): ${rule}`, { path })
  }
}

/** Throws `InputError` for a database that another program made, or a newer version of this one. */
export function requireOurs(db: Database.Database, path: string, kind: DatabaseKind): void {
  const id = Number(db.pragma('application_id', { simple: true }))
  const isEmpty = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
  if (id !== kind.applicationId && !(isEmpty && id === 0)) throw new InputError(kind.foreign(path, id), { path })
  const version = Number(db.pragma('user_version', { simple: true }))
  if (version > kind.migrations.length) throw new InputError(kind.newer(path, version), { path, version })
}

function locked(path: string, { inUse }: DatabaseKind): () => void {
  try {
    return lockState(path)
  } catch (error) {
    if (!inUse || !(error instanceof InputError) || !('holder' in error.context)) throw error
    const { holder } = error.context
    throw new InputError(inUse(path, String(holder)), { path, holder })
  }
}

/** Looks before it writes: a file that is damaged or not ours stays as it was. */
function openChecked(path: string, kind: DatabaseKind): Database.Database {
  const damaged = (what: string): InputError => new InputError(kind.damaged(path, what), { path })
  let db: Database.Database | undefined
  try {
    db = new Database(path, { timeout: BUSY_MS })
    requireOurs(db, path, kind)
    const result = db.pragma('quick_check(1)', { simple: true })
    if (result !== 'ok') throw damaged(String(result))
    const mode = db.pragma('journal_mode = WAL', { simple: true })
    check(mode === 'wal' || path === IN_MEMORY, 'journal_mode', mode)
    db.pragma('synchronous = FULL')
    check(db.pragma('synchronous', { simple: true }) === FULL, 'synchronous', path)
    db.pragma('foreign_keys = ON')
    check(db.pragma('foreign_keys', { simple: true }) === 1, 'foreign_keys', path)
    return db
  } catch (error) {
    db?.close()
    throw error instanceof Database.SqliteError ? damaged(`${error.code}: ${error.message}`) : error
  }
}

/** Each step and its version in one transaction: a crash leaves the old schema or the new one. */
function migrate(db: Database.Database, path: string, { applicationId, migrations }: DatabaseKind): void {
  const from = Number(db.pragma('user_version', { simple: true }))
  for (const [step, sql] of migrations.slice(from).entries()) {
    db.transaction(() => {
      db.exec(sql)
      db.pragma(`application_id = ${applicationId}`)
      db.pragma(`user_version = ${from + step + 1}`)
    }).exclusive()
  }
  check(db.pragma('user_version', { simple: true }) === migrations.length, 'user_version', path)
}
