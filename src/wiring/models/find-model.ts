import { basename, join } from 'node:path'
import { listFamilies, listVersions } from '../../adapters/bundle/list-bundles.ts'
import { readCurrentVersion } from '../../adapters/bundle/read-bundle.ts'
import { InputError } from '../../core/errors.ts'

/** Where models lie: one family's folder, or the folder of all families. */
export interface ModelPlace {
  readonly path?: string
  readonly root: string
}

/** One version on disk; it need not be sound, nor be there. */
export interface FoundModel {
  readonly familyFolder: string
  readonly version: string
}

/** Folders of the families meant: the one of `path`, or all of `root`. */
export async function familyFolders({ path, root }: ModelPlace): Promise<readonly string[]> {
  if (path !== undefined) return [path]
  return (await listFamilies(root)).map((family) => join(root, family))
}

/**
 * The version that `text` names: `family/version`, a version of the only family that has it, `current`, or `family/current`. Undefined:
 * `current` of the only family. Throws `InputError` when that is none or several.
 */
export async function findModel(place: ModelPlace, text = 'current'): Promise<FoundModel> {
  const [family, version, ...more] = text.split('/')
  const refuse = (rule: string): never => {
    throw new InputError(`model was ${JSON.stringify(text)}; ${rule}`, { model: text })
  }
  if (more.length > 0 || family === '' || version === '') refuse('it must be a version or family/version')
  const folders = await familyFolders(place)
  const where = place.path ?? place.root
  if (family !== undefined && version !== undefined) {
    const folder = folders.find((each) => basename(each) === family)
    return await resolved(
      folder ?? refuse(`${where} has ${folders.map((each) => basename(each)).join(', ') || 'no model'}`),
      version,
    )
  }
  const holding: string[] = []
  for (const folder of folders)
    if (text === 'current' || (await listVersions(folder)).includes(text)) holding.push(folder)
  const [only, ...others] = holding
  if (only === undefined) return refuse(`no such version in ${where} (\`tickwright models list\` shows them)`)
  if (others.length > 0) refuse(`several families have it: name one, e.g. ${basename(only)}/${text}`)
  return await resolved(only, text)
}

async function resolved(familyFolder: string, version: string): Promise<FoundModel> {
  return { familyFolder, version: version === 'current' ? await readCurrentVersion(familyFolder) : version }
}

/** The version that `current` names, or undefined where there is no such file or it is unreadable. */
export const currentOrNone = (familyFolder: string): Promise<string | undefined> =>
  readCurrentVersion(familyFolder).catch(() => undefined)
