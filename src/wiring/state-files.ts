import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { InputError } from '../core/errors.ts'
import { MODES } from './config/modes.ts'
import type { Mode } from './config/schema.ts'

/** The database of one mode in a state folder. */
export const stateFile = (dir: string, mode: Mode): string => join(dir, `${mode}.sqlite`)

/** Modes that have a database in `dir`, or just `mode`. Throws `InputError` when there is none. */
export function modesIn(dir: string, mode: Mode | undefined): readonly Mode[] {
  const found = (mode === undefined ? MODES : [mode]).filter((one) => existsSync(stateFile(dir, one)))
  if (found.length > 0) return found
  const wanted = mode === undefined ? MODES.map((one) => `${one}.sqlite`).join(', ') : `${mode}.sqlite`
  throw new InputError(`state folder ${dir} holds no ${wanted}: start the daemon once, or name its folder with --state`)
}

/**
 * Whether a daemon holds the database. It does by an exclusive lock on a sibling file, which the kernel frees with the process, so
 * that file cannot be read meanwhile.
 */
export function isRunning(path: string): boolean {
  const lockPath = `${path}.lock`
  if (!existsSync(lockPath)) return false
  let lock: Database.Database | undefined
  try {
    lock = new Database(lockPath, { readonly: true, timeout: 0 })
    lock.prepare('SELECT count(*) FROM sqlite_schema').get()
    return false
  } catch (error) {
    return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
  } finally {
    lock?.close()
  }
}
