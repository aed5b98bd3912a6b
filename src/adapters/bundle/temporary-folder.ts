import { lstat, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { WRITING_PREFIX } from './names.ts'

/** A writer on another machine is given so long, milliseconds; one on this machine until its process has ended. */
const FOREIGN_AGE_MAX_MS = 86_400_000

const HOST = hostname()
  .replaceAll(/[^A-Za-z0-9]/g, '_')
  .slice(0, 64)

/**
 * Gives `use` a fresh folder inside `familyFolder`, on the same disk, so that what is made there can be renamed into place. Removes it
 * afterwards, and what writers that died have left behind.
 */
export async function withTemporaryFolder<T>(familyFolder: string, use: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(familyFolder, { recursive: true })
  await removeLeftovers(familyFolder)
  const folder = await mkdtemp(join(familyFolder, `${WRITING_PREFIX}${HOST}-${process.pid}-`))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function removeLeftovers(familyFolder: string): Promise<void> {
  for (const name of await readdir(familyFolder)) {
    if (!name.startsWith(WRITING_PREFIX)) continue
    const folder = join(familyFolder, name)
    if (await isAbandoned(folder, name)) await rm(folder, { recursive: true, force: true })
  }
}

async function isAbandoned(folder: string, name: string): Promise<boolean> {
  const [host, pid] = name.slice(WRITING_PREFIX.length).split('-')
  if (host === HOST && /^\d+$/.test(pid ?? '')) return !isAlive(Number(pid))
  const stats = await lstat(folder).catch(() => undefined)
  return stats !== undefined && Date.now() - stats.mtimeMs > FOREIGN_AGE_MAX_MS
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0) // Only asks.
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM' // Somebody else's, and alive.
  }
}
