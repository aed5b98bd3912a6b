import { chmod, mkdir, mkdtemp, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '../../core/errors.ts'

const MANIFEST = 'manifest.json'

/** Files of a bundle, its manifest included. */
type Files = ReadonlyMap<string, Uint8Array>

/**
 * Writes `<familyFolder>/<version>`: all of it or nothing, also when power fails in between (temporary folder, fsync, rename). A version
 * never changes: writing the same model again leaves the first one in place, another model under its name is an `InputError`.
 */
export async function writeBundle(familyFolder: string, version: string, files: Files): Promise<string> {
  const folder = join(familyFolder, version)
  await mkdir(familyFolder, { recursive: true })
  const temporary = await mkdtemp(join(familyFolder, '.writing-'))
  try {
    for (const [name, bytes] of files) await writeDurably(join(temporary, name), bytes)
    await chmod(temporary, 0o755) // mkdtemp keeps it private.
    await syncFolder(temporary)
    await rename(temporary, folder)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    if (!isAlreadyThere(error)) throw error
    if (await holds(folder, files)) return folder
    throw new InputError(`${folder}: it exists with other content; a version never changes`, { folder }, error)
  }
  await syncFolder(familyFolder)
  return folder
}

/** Points `<familyFolder>/current` at `version`: readers see the old name or the new one, never a part. */
export async function setCurrent(familyFolder: string, version: string): Promise<void> {
  const temporary = join(familyFolder, `.current-${version}`)
  await writeDurably(temporary, new TextEncoder().encode(`${version}\n`))
  await rename(temporary, join(familyFolder, 'current'))
  await syncFolder(familyFolder)
}

const isAlreadyThere = (error: unknown): boolean => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR'
}

/** The manifest may differ: it says when it was made, and the version's name covers the rest of it. */
async function holds(folder: string, files: Files): Promise<boolean> {
  for (const [name, bytes] of files) {
    if (name === MANIFEST) continue
    const found = await readFile(join(folder, name)).catch(() => undefined)
    if (found === undefined || !found.equals(bytes)) return false
  }
  return true
}

async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'w', 0o644)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A rename lasts only when the folder that holds the name is on disk too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
