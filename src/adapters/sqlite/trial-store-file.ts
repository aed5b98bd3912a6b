import Database from 'better-sqlite3'
import { check } from '../../core/check.ts'
import { InputError } from '../../core/errors.ts'
import { requireWritable } from './open-state.ts'
import { lockState } from './state-lock.ts'
import { TRIAL_STORE_ID, TRIAL_STORE_MIGRATIONS } from './trial-store-schema.ts'

const IN_MEMORY = ':memory:'
const BUSY_MS = 5_000

/** The trainer's database and its lock. */
export interface TrialStoreFile {
  readonly db: Database.Database
  /** Checkpoints and frees the lock. */
  close(): void
}

/**
 * Opens or creates the trainer's database, its one writer. `:memory:` keeps nothing and takes no lock. Throws `InputError` naming the
 * file when it is in use, unwritable, damaged (it is left as it is), another program's, or newer than this one.
 */
export function openTrialStoreFile(path: string): TrialStoreFile {
  if (path !== IN_MEMORY) requireWritable(path)
  const unlock = path === IN_MEMORY ? () => undefined : lock(path)
  let db: Database.Database | undefined
  try {
    db = openChecked(path)
    migrate(db)
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

function lock(path: string): () => void {
  try {
    return lockState(path)
  } catch (error) {
    if (!(error instanceof InputError) || !('holder' in error.context)) throw error
    const { holder } = error.context
    throw new InputError(
      `${path} is in use by process ${String(holder)}: one trainer or search per file (wait for it, or name another file)`,
      { path, holder },
    )
  }
}

const damaged = (path: string, what: string): InputError =>
  new InputError(
    `trials ${path} are damaged (${what}): the file is left as it is; restore a backup, or move it away to count from nothing`,
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
    db.pragma('foreign_keys = ON')
    return db
  } catch (error) {
    db?.close()
    throw error instanceof Database.SqliteError ? damaged(path, `${error.code}: ${error.message}`) : error
  }
}

function requireOurs(db: Database.Database, path: string): void {
  const id = db.pragma('application_id', { simple: true })
  const isEmpty = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
  if (id !== TRIAL_STORE_ID && !(isEmpty && id === 0)) {
    throw new InputError(`${path} is no file of trials (application_id ${id}): name another file`, { path })
  }
  const version = Number(db.pragma('user_version', { simple: true }))
  if (version > TRIAL_STORE_MIGRATIONS.length) {
    throw new InputError(
      `trials ${path} have schema ${version}; this program knows up to ${TRIAL_STORE_MIGRATIONS.length}: run the version that wrote them`,
      { path, version },
    )
  }
}

/** Each step and its version in one transaction: a crash leaves the old schema or the new one. */
function migrate(db: Database.Database): void {
  const from = Number(db.pragma('user_version', { simple: true }))
  for (const [step, sql] of TRIAL_STORE_MIGRATIONS.slice(from).entries()) {
    db.transaction(() => {
      db.exec(sql)
      db.pragma(`application_id = ${TRIAL_STORE_ID}`)
      db.pragma(`user_version = ${from + step + 1}`)
    }).exclusive()
  }
}
