import { lstat, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError, messageOf } from '../../core/errors.ts'
import type { BundleFiles } from '../../model/bundle/bundle.ts'
import { isBundleName, NAME_RULE } from './names.ts'
import { readPlainFile } from './read-plain-file.ts'

/** Bounds against a folder that is no bundle. */
const FILES_MAX = 16
const BUNDLE_BYTES_MAX = 256 * 1_048_576
const CURRENT_BYTES_MAX = 256

/** The bundle that `<familyFolder>/current` names. Throws `InputError` naming the file and the rule. */
export async function readCurrentBundle(familyFolder: string): Promise<BundleFiles> {
  return await readBundle(familyFolder, await readCurrentVersion(familyFolder))
}

/** The version that `<familyFolder>/current` names: a text file of one line. */
export async function readCurrentVersion(familyFolder: string): Promise<string> {
  const file = join(familyFolder, 'current')
  const version = new TextDecoder().decode(await readPlainFile(file, CURRENT_BYTES_MAX)).trim()
  if (!isBundleName(version)) throw badVersion(file, version)
  return version
}

/** When `<familyFolder>/current` was written, milliseconds since the epoch. */
export const currentSince = async (familyFolder: string): Promise<number> =>
  (await stat(join(familyFolder, 'current'))).mtimeMs

/**
 * All files of one bundle, unchecked: `checkBundle` judges them. Takes plain files directly in the folder only, never a link, so that
 * nothing outside it is read. At most 16 files, 256 MiB together.
 */
export async function readBundle(familyFolder: string, version: string): Promise<BundleFiles> {
  if (!isBundleName(version)) throw badVersion(familyFolder, version)
  const folder = join(familyFolder, version)
  const names = (await listFolder(folder)).sort()
  if (names.length > FILES_MAX)
    throw new InputError(`${folder}: ${names.length} files; at most ${FILES_MAX}`, { folder })
  const files = new Map<string, Uint8Array>()
  let bytesLeft = BUNDLE_BYTES_MAX
  for (const name of names) {
    const bytes = await readPlainFile(join(folder, name), bytesLeft)
    bytesLeft -= bytes.length
    files.set(name, bytes)
  }
  return { folder, files }
}

const badVersion = (where: string, version: string): InputError =>
  new InputError(`${where}: version was ${JSON.stringify(version.slice(0, 100))}; ${NAME_RULE}`)

async function listFolder(folder: string): Promise<string[]> {
  try {
    if (!(await lstat(folder)).isDirectory()) throw new Error('not a folder of its own')
    return await readdir(folder)
  } catch (error) {
    throw new InputError(`${folder}: cannot read the model bundle: ${messageOf(error)}`, { folder }, error)
  }
}
