import { currentSince } from '../../adapters/bundle/read-bundle.ts'
import { setCurrent } from '../../adapters/bundle/write-bundle.ts'
import { InputError } from '../../core/errors.ts'
import { type HistoryEntry, rosterOf } from '../../model/bundle/model-history.ts'
import { currentOrNone, type FoundModel } from './find-model.ts'
import { openModel } from './golden-run.ts'
import { appendHistory, readHistory } from './history.ts'

/** File times are coarser than the clock, milliseconds. */
const CLOCK_MS = 1_000

/** Who changes what decides, when and why. */
export interface ChampionChange extends Pick<HistoryEntry, 'at' | 'who' | 'why' | 'numbers'> {
  readonly familyFolder: string
  readonly version: string
  readonly action: 'promote' | 'rollback'
}

/**
 * Points `current` at `version` and writes down who did it and why. The entry comes first: a process that dies in between leaves an
 * entry whose version is not current, which `finishChange` mends. Returns what decided before. Throws `InputError`, and changes nothing,
 * for a version that was retired or whose bundle is not sound.
 */
export async function changeChampion({ familyFolder, version, ...entry }: ChampionChange): Promise<string | undefined> {
  const previous = await currentOrNone(familyFolder)
  if (rosterOf(await readHistory(familyFolder)).retired.has(version)) {
    throw new InputError(`${familyFolder}: ${version} was retired; a retired model never decides again`, { version })
  }
  if (previous === version) return previous
  await openModel({ familyFolder, version })
  await appendHistory(familyFolder, { ...entry, version, ...(previous !== undefined && { previous }) })
  await setCurrent(familyFolder, version)
  return previous
}

/**
 * Ends a change that a dying process left half done: the last one is written down, and what decided before it still does. Returns the
 * version that decides by it; undefined: there was nothing to do. Throws `InputError` for a bundle that is not sound.
 */
export async function finishChange(familyFolder: string): Promise<string | undefined> {
  const entries = await readHistory(familyFolder)
  const last = entries.findLast(({ action }) => action === 'promote' || action === 'rollback')
  const current = await currentOrNone(familyFolder)
  if (!last || last.version === current || last.previous !== current) return undefined
  if (rosterOf(entries).retired.has(last.version)) return undefined
  // Somebody has put it there since: that was no dying process.
  if ((await currentSince(familyFolder)) > Date.parse(last.at) + CLOCK_MS) return undefined
  await openModel({ familyFolder, version: last.version })
  await setCurrent(familyFolder, last.version)
  return last.version
}

/** The latest version that decided before the current one, is not retired, and is sound on disk. Throws `InputError` where there is none. */
export async function versionBefore(familyFolder: string): Promise<string> {
  const current = await currentOrNone(familyFolder)
  const { champions } = rosterOf(await readHistory(familyFolder))
  for (const version of champions.toReversed()) {
    if (version !== current && (await isSound({ familyFolder, version }))) return version
  }
  throw new InputError(
    `${familyFolder}: no version has decided before ${current ?? 'the current one'}; nothing to go back to`,
  )
}

const isSound = (found: FoundModel): Promise<boolean> =>
  openModel(found).then(
    () => true,
    () => false, // Removed, or damaged: the one before it may do.
  )
