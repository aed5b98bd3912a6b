import { readFileSync, writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { InputError, messageOf } from '../../core/errors.ts'

/** A lock whose object is garbage-collected is freed: these are not, whatever their owners keep. */
const held = new Set<Database.Database>()

/**
 * One writer per state file. The lock is an exclusive transaction on a sibling file: the kernel frees it when its process dies, however
 * it dies, so no stale lock is ever left. The pid stands in a file of its own, since a locked database cannot be read.
 * Returns the release. Throws `InputError` when another process, or this one, holds it.
 */
export function lockState(statePath: string): () => void {
  const path = `${statePath}.lock`
  const pidPath = `${path}.pid`
  let lock: Database.Database | undefined
  try {
    lock = new Database(path, { timeout: 0 })
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock?.close()
    if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) {
      throw new InputError(
        `${path} cannot be locked (${messageOf(error)}): the folder must be writable`,
        { path },
        error,
      )
    }
    const holder = holderOf(pidPath)
    throw new InputError(
      `${statePath} is in use by process ${holder}: one daemon per state file (stop that one, or configure another state path)`,
      { path: statePath, holder },
    )
  }
  const mine = lock
  held.add(mine)
  writeFileSync(pidPath, `${process.pid}\n`)
  return () => {
    held.delete(mine)
    mine.close() // Rolls back.
  }
}

function holderOf(pidPath: string): string {
  try {
    return readFileSync(pidPath, 'utf8').trim() || 'unknown'
  } catch {
    return 'unknown'
  }
}
