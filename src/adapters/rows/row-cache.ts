import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { check } from '../../core/check.ts'
import type { Clock } from '../../core/clock.port.ts'
import { InputError, messageOf } from '../../core/errors.ts'
import { syncFolder } from '../files/durable-file.ts'
import { readRowFile, type StoredRows, writeRowFile } from './row-file.ts'

/** Rows by what they were computed from. It may forget anything at any time. */
export interface RowCache {
  /** None when it is not there, or damaged: then it is told and removed. `key`: SHA-256, hexadecimal. */
  load(key: string): Promise<StoredRows | undefined>
  /** Whole and on disk when it resolves, or not there at all: what went wrong is told, never thrown. */
  store(key: string, rows: StoredRows): Promise<void>
}

export interface RowCacheOptions {
  /** Of all files together; past it those go that were used least recently. */
  readonly bytesMax: number
  readonly clock: Pick<Clock, 'now'>
  /** Must not throw. */
  readonly onProblem: (problem: string) => void
}

const KEY = /^[0-9a-f]{64}$/
/** `<key>.<SHA-256 of the file>.arrow`. */
const FILE = /^([0-9a-f]{64})\.([0-9a-f]{64})\.arrow$/
const UNFINISHED = '.unfinished'
/** What another process is still writing is younger, milliseconds. */
const UNFINISHED_MS_MAX = 3_600_000

/** A cache of Arrow files in `dir`, which is made when something is stored. */
export const rowCache = (dir: string, options: RowCacheOptions): RowCache => new ArrowFolder(dir, options)

interface Found {
  readonly path: string
  readonly key: string
  readonly sha256: string
}

class ArrowFolder implements RowCache {
  readonly #dir: string
  readonly #options: RowCacheOptions

  constructor(dir: string, options: RowCacheOptions) {
    this.#dir = dir
    this.#options = options
  }

  async load(key: string): Promise<StoredRows | undefined> {
    check(KEY.test(key), 'key of cached rows', key)
    const found = (await this.#files()).find((file) => file.key === key)
    if (!found) return undefined
    try {
      const rows = await readWhole(found)
      await this.#touch(found.path)
      return rows
    } catch (thrown) {
      this.#options.onProblem(`${found.path}: ${messageOf(thrown)}; the rows are computed anew`)
      await this.#remove(found.path)
      return undefined
    }
  }

  async store(key: string, rows: StoredRows): Promise<void> {
    check(KEY.test(key), 'key of cached rows', key)
    const unfinished = join(this.#dir, `${key}.${process.pid}${UNFINISHED}`)
    try {
      await mkdir(this.#dir, { recursive: true })
      const sha256 = await written(unfinished, key, rows)
      const older = (await this.#files()).filter((file) => file.key === key)
      const path = join(this.#dir, `${key}.${sha256}.arrow`)
      await rename(unfinished, path)
      await syncFolder(this.#dir)
      for (const file of older) if (file.path !== path) await this.#remove(file.path)
      await this.#keepWithin()
    } catch (thrown) {
      this.#options.onProblem(`${this.#dir}: computed rows are not kept: ${messageOf(thrown)}`)
      await this.#remove(unfinished)
    }
  }

  async #files(): Promise<readonly Found[]> {
    return (await namesIn(this.#dir)).flatMap((name) => {
      const [, key, sha256] = FILE.exec(name) ?? []
      return key && sha256 ? [{ path: join(this.#dir, name), key, sha256 }] : []
    })
  }

  /** Removes what a crash left behind, and the files that were used least recently while all are too many. */
  async #keepWithin(): Promise<void> {
    const now = this.#options.clock.now()
    const kept: { path: string; usedAt: number; bytes: number }[] = []
    for (const name of await namesIn(this.#dir)) {
      const path = join(this.#dir, name)
      const { mtimeMs, size } = await stat(path)
      if (FILE.test(name)) kept.push({ path, usedAt: mtimeMs, bytes: size })
      else if (name.endsWith(UNFINISHED) && now - mtimeMs > UNFINISHED_MS_MAX) await this.#remove(path)
    }
    let bytes = kept.reduce((sum, file) => sum + file.bytes, 0)
    for (const file of kept.toSorted((a, b) => a.usedAt - b.usedAt)) {
      if (bytes <= this.#options.bytesMax) return
      await this.#remove(file.path)
      bytes -= file.bytes
    }
  }

  /** Used now. */
  async #touch(path: string): Promise<void> {
    const now = this.#options.clock.now() / 1_000
    await utimes(path, now, now).catch((thrown: unknown) =>
      this.#options.onProblem(`${path}: that it was used cannot be written down: ${messageOf(thrown)}`),
    )
  }

  async #remove(path: string): Promise<void> {
    await rm(path, { force: true }).catch((thrown: unknown) =>
      this.#options.onProblem(`${path}: it cannot be removed: ${messageOf(thrown)}`),
    )
  }
}

/** Nothing of a file is looked at before its hash is found to be right. */
async function readWhole({ path, key, sha256 }: Found): Promise<StoredRows> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  const found = hash.digest('hex')
  if (found !== sha256)
    throw new InputError(`its SHA-256 is ${found}; the file is damaged, cut or none of ours`, { path })
  const handle = await open(path)
  try {
    return await readRowFile(handle, key)
  } finally {
    await handle.close()
  }
}

/** The SHA-256 of what is on disk then. */
async function written(path: string, key: string, rows: StoredRows): Promise<string> {
  const hash = createHash('sha256')
  const handle: FileHandle = await open(path, 'w', 0o644)
  try {
    await writeRowFile(handle, key, rows, (bytes) => hash.update(bytes))
    await handle.sync()
  } finally {
    await handle.close()
  }
  return hash.digest('hex')
}

async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw thrown
  }
}
