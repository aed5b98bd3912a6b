import { chmod, mkdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { syncFolder, writeDurably } from '../files/durable-file.ts'
import { isBundleName, NAME_RULE } from './names.ts'
import { withTemporaryFolder } from './temporary-folder.ts'

/** Files that say when the model was made. */
const DATED = ['manifest.json', 'report.html']

/** Files of a bundle, its manifest included. */
type Files = ReadonlyMap<string, Uint8Array>

/**
 * Writes `<familyFolder>/<version>`: all of it or nothing, also when power fails in between (temporary folder, fsync, rename). A version
 * never changes: writing the same model again leaves the first one in place, another model under its name is an `InputError`.
 */
export async function writeBundle(familyFolder: string, version: string, files: Files): Promise<string> {
  for (const name of [version, ...files.keys()]) checkName(familyFolder, name)
  const folder = join(familyFolder, version)
  return await withTemporaryFolder(familyFolder, async (temporary) => {
    const whole = join(temporary, version)
    await mkdir(whole)
    for (const [name, bytes] of files) await writeDurably(join(whole, name), bytes)
    await chmod(whole, 0o755) // Whatever the umask: other accounts may read models.
    await syncFolder(whole)
    try {
      await rename(whole, folder)
    } catch (error) {
      if (!isAlreadyThere(error)) throw error
      if (await holds(folder, files)) return folder
      throw new InputError(`${folder}: it exists with other content; a version never changes`, { folder }, error)
    }
    await syncFolder(familyFolder)
    return folder
  })
}

/** Points `<familyFolder>/current` at `version`: readers see the old name or the new one, never a part. */
export async function setCurrent(familyFolder: string, version: string): Promise<void> {
  checkName(familyFolder, version)
  await withTemporaryFolder(familyFolder, async (temporary) => {
    const file = join(temporary, 'current')
    await writeDurably(file, new TextEncoder().encode(`${version}\n`))
    await rename(file, join(familyFolder, 'current'))
    await syncFolder(familyFolder)
  })
}

function checkName(familyFolder: string, name: string): void {
  if (isBundleName(name)) return
  throw new InputError(`${familyFolder}: name was ${JSON.stringify(name.slice(0, 100))}; ${NAME_RULE}`, { name })
}

const isAlreadyThere = (error: unknown): boolean => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR'
}

/** Manifest and report may differ: they say when the model was made, and the version's name covers the rest of them. */
async function holds(folder: string, files: Files): Promise<boolean> {
  for (const [name, bytes] of files) {
    if (DATED.includes(name)) continue
    const found = await readFile(join(folder, name)).catch(() => undefined)
    if (found === undefined || !found.equals(bytes)) return false
  }
  return true
}
