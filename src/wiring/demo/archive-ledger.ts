import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { openJournalReader } from '../../adapters/sqlite/journal-reader.ts'
import { lockState } from '../../adapters/sqlite/state-lock.ts'

/** Ledgers kept; older ones are deleted. They hold no money. */
const ARCHIVED_MAX = 5
/** A ledger of SQLite in WAL mode is three files, and useless in parts. */
const PARTS = ['', '-wal', '-shm']

/** Venue and account that a ledger belongs to. Throws `InputError` when the file is no ledger. */
export function ledgerVenue(file: string): string {
  const reader = openJournalReader(file)
  try {
    return reader.summary().venue
  } finally {
    reader.close()
  }
}

/** Puts a ledger aside and returns its new path. Throws `InputError` when a daemon holds it. */
export function archiveLedger(file: string): string {
  const release = lockState(file)
  try {
    const folder = join(dirname(file), 'archive')
    mkdirSync(folder, { recursive: true })
    const stamp = statSync(file).mtime.toISOString().replace(/[:.]/g, '-')
    const target = join(folder, basename(file).replace(/\.sqlite$/, `-${stamp}.sqlite`))
    for (const part of PARTS) if (existsSync(file + part)) renameSync(file + part, target + part)
    forgetOldest(folder)
    return target
  } finally {
    release()
  }
}

function forgetOldest(folder: string): void {
  const ledgers = readdirSync(folder)
    .filter((name) => name.endsWith('.sqlite'))
    .sort()
  for (const name of ledgers.slice(0, -ARCHIVED_MAX)) {
    for (const part of PARTS) rmSync(join(folder, name + part), { force: true })
  }
}
