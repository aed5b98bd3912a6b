import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { InputError, messageOf } from '../../core/errors.ts'
import { syncFolder } from '../files/durable-file.ts'
import { gzipMember } from './gzip-member.ts'

/** One tape being written, member by member. */
export interface TapeFile {
  readonly path: string
  /** Written and on disk. */
  readonly bytes: number
  /**
   * Adds lines (each with its line end) as one gzip member and returns when they are on disk. After a failure the same call may be made
   * again: it writes over what it left. Not to be called while one is under way.
   */
  append(text: string): Promise<void>
  close(): Promise<void>
}

/** Never overwrites: throws `InputError` when `path` is there. The folder is made, and on disk together with the new name. */
export async function createTapeFile(path: string): Promise<TapeFile> {
  const folder = dirname(path)
  const firstMade = await made(folder)
  const handle = await exclusive(path)
  try {
    await syncFolder(folder)
    if (firstMade !== undefined) await syncFolder(dirname(firstMade))
  } catch (thrown) {
    await handle.close()
    await rm(path, { force: true }) // Nothing is in it, and its name may be tried again.
    throw thrown
  }
  return new MemberFile(path, handle)
}

async function made(folder: string): Promise<string | undefined> {
  try {
    return await mkdir(folder, { recursive: true })
  } catch (thrown) {
    throw new InputError(
      `${folder}: a folder for tapes must be there or be made: ${messageOf(thrown)}`,
      { folder },
      thrown,
    )
  }
}

async function exclusive(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o644)
  } catch (thrown) {
    const isThere = thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST'
    if (isThere) throw new InputError(`${path}: it exists; a tape is never overwritten`, { path }, thrown)
    throw new InputError(`${path}: it cannot be written: ${messageOf(thrown)}`, { path }, thrown)
  }
}

class MemberFile implements TapeFile {
  readonly path: string
  bytes = 0
  readonly #handle: FileHandle

  constructor(path: string, handle: FileHandle) {
    this.path = path
    this.#handle = handle
  }

  async append(text: string): Promise<void> {
    const member = await gzipMember(text)
    for (let done = 0; done < member.length; ) {
      const { bytesWritten } = await this.#handle.write(member, done, member.length - done, this.bytes + done)
      done += bytesWritten
    }
    await this.#handle.datasync()
    this.bytes += member.length
  }

  async close(): Promise<void> {
    try {
      // A failed attempt may have left a part behind.
      await this.#handle.truncate(this.bytes)
    } finally {
      await this.#handle.close()
    }
  }
}
