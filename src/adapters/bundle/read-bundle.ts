import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError, messageOf } from '../../core/errors.ts'
import type { BundleFiles } from '../../model/bundle.ts'

/** Bounds against a folder that is no bundle. */
const FILES_MAX = 16
const BUNDLE_BYTES_MAX = 64 * 1_048_576
const CURRENT_BYTES_MAX = 256
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** The bundle that `<familyFolder>/current` names. Throws `InputError` naming the file and the rule. */
export async function readCurrentBundle(familyFolder: string): Promise<BundleFiles> {
  return await readBundle(familyFolder, await readCurrentVersion(familyFolder))
}

/** The version that `<familyFolder>/current` names: a text file of one line. */
export async function readCurrentVersion(familyFolder: string): Promise<string> {
  const file = join(familyFolder, 'current')
  const size = await plainFileSize(file)
  if (size > CURRENT_BYTES_MAX) throw new InputError(`${file}: ${size} bytes; at most ${CURRENT_BYTES_MAX}`, { file })
  return (await readFile(file, 'utf8')).trim()
}

/**
 * All files of one bundle, unchecked: `openBundle` judges them. Takes plain files directly in the folder only, never a link, so that
 * nothing outside it is read. At most 16 files, 64 MiB together.
 */
export async function readBundle(familyFolder: string, version: string): Promise<BundleFiles> {
  if (!VERSION.test(version)) {
    const rule = 'letters, digits, ".", "_", "-" only, no leading "."'
    throw new InputError(`${familyFolder}: version was ${JSON.stringify(version.slice(0, 100))}; ${rule}`)
  }
  const folder = join(familyFolder, version)
  const names = (await listFolder(folder)).sort()
  if (names.length > FILES_MAX)
    throw new InputError(`${folder}: ${names.length} files; at most ${FILES_MAX}`, { folder })
  const files = new Map<string, Uint8Array>()
  let bytesLeft = BUNDLE_BYTES_MAX
  for (const name of names) {
    const file = join(folder, name)
    bytesLeft -= await plainFileSize(file)
    if (bytesLeft < 0) throw new InputError(`${file}: the bundle is over ${BUNDLE_BYTES_MAX} bytes`, { file })
    files.set(name, new Uint8Array(await readFile(file)))
  }
  return { folder, files }
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    if (!(await lstat(folder)).isDirectory()) throw new Error('not a folder of its own')
    return await readdir(folder)
  } catch (error) {
    throw new InputError(`${folder}: cannot read the model bundle: ${messageOf(error)}`, { folder }, error)
  }
}

async function plainFileSize(file: string): Promise<number> {
  const stats = await lstat(file).catch((error: unknown) => {
    throw new InputError(`${file}: cannot read it: ${messageOf(error)}`, { file }, error)
  })
  if (!stats.isFile()) throw new InputError(`${file}: it must be a plain file, no link and no folder`, { file })
  return stats.size
}
