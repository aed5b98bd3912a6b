import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { CheckpointStore } from '../../training/network/checkpoint.ts'
import { replaceDurably } from '../files/durable-file.ts'

/** Checkpoints kept in a folder; past it the oldest go. Of trainings that nobody went on with. */
const FILES_MAX = 8

/** A checkpoint in a file of its own. */
export interface CheckpointFile extends CheckpointStore {
  /** The training is over. */
  remove(): Promise<void>
}

/** `<dir>/<key>.checkpoint`. `key`: hexadecimal, of data and settings. */
export function checkpointFile(dir: string, key: string): CheckpointFile {
  const file = join(dir, `${key}.checkpoint`)
  let isTidy = false
  return {
    load: () => readFile(file).catch(() => undefined),
    async save(bytes) {
      await mkdir(dir, { recursive: true })
      await replaceDurably(file, bytes)
      if (!isTidy) await removeOldest(dir)
      isTidy = true
    },
    remove: () => rm(file, { force: true }),
  }
}

/** Unfinished ones of processes that were killed count as well. */
async function removeOldest(dir: string): Promise<void> {
  const names = (await readdir(dir)).filter((name) => /\.checkpoint(\.new)?$/.test(name))
  if (names.length <= FILES_MAX) return
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(dir, name)
      // Gone since: another training ended.
      const mtimeMs = await stat(path).then(
        (found) => found.mtimeMs,
        () => 0,
      )
      return { path, mtimeMs }
    }),
  )
  const oldest = files.toSorted((a, b) => a.mtimeMs - b.mtimeMs).slice(0, -FILES_MAX)
  for (const { path } of oldest) await rm(path, { force: true })
}
