import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError, messageOf } from '../../core/errors.ts'
import { HISTORY_FILE } from './history-file.ts'
import { isBundleName } from './names.ts'

/** Bound against a folder that holds something else. */
const ENTRIES_MAX = 10_000

/** Versions in `familyFolder`, by name; unchecked. Unfinished ones, links and files are passed over, and families of groups. */
export const listVersions = async (familyFolder: string): Promise<readonly string[]> =>
  (await listFolders(familyFolder)).filter((name) => !isFamily(join(familyFolder, name)))

const isFamily = (folder: string): boolean =>
  existsSync(join(folder, 'current')) || existsSync(join(folder, HISTORY_FILE))

/** Folders of `root` that hold at least one version, by name. */
export async function listFamilies(root: string): Promise<readonly string[]> {
  const families: string[] = []
  for (const name of await listFolders(root)) {
    const versions = await listVersions(join(root, name))
    if (versions.length > 0) families.push(name)
  }
  return families
}

async function listFolders(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new InputError(`${folder}: it must be a folder of models: ${messageOf(error)}`, { folder }, error)
  })
  if (entries.length > ENTRIES_MAX)
    throw new InputError(`${folder}: ${entries.length} entries; at most ${ENTRIES_MAX}`, { folder })
  return entries
    .filter((entry) => entry.isDirectory() && isBundleName(entry.name))
    .map(({ name }) => name)
    .sort()
}
