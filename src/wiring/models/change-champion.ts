import { currentSince } from '../../adapters/bundle/read-bundle.ts'
import { setCurrent } from '../../adapters/bundle/write-bundle.ts'
import { InputError } from '../../core/errors.ts'
import { type HistoryEntry, rosterOf } from '../../model/bundle/model-history.ts'
import { withFamilyLock } from './family-lock.ts'
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
 * entry whose version is not current, which `finishChange` mends. Changes of several processes come one after another. Returns what
 * decided before. Throws `InputError`, and changes nothing, for a version that was retired or whose bundle is not sound;
 * `TransientError` where another process is at it for over 10 s.
 */
export const changeChampion = (change: ChampionChange): Promise<string | undefined> =>
  withFamilyLock(change.familyFolder, async () => changed(change, await currentOrNone(change.familyFolder)))

/** The same, if `over` decides (undefined: none yet) when it comes to that. False: another one does, and nothing was changed. */
export const changeChampionOver = (over: string | undefined, change: ChampionChange): Promise<boolean> =>
  withFamilyLock(change.familyFolder, async () => {
    const previous = await currentOrNone(change.familyFolder)
    if (previous !== over) return false
    await changed(change, previous)
    return true
  })

async function changed(
  { familyFolder, version, ...entry }: ChampionChange,
  previous: string | undefined,
): Promise<string | undefined> {
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
  // A family that is sound is only read.
  if ((await unfinished(familyFolder)) === undefined) return undefined
  return await withFamilyLock(familyFolder, async () => {
    const version = await unfinished(familyFolder)
    if (version === undefined) return undefined
    await openModel({ familyFolder, version })
    await setCurrent(familyFolder, version)
    return version
  })
}

async function unfinished(familyFolder: string): Promise<string | undefined> {
  const entries = await readHistory(familyFolder)
  const last = entries.findLast(({ action }) => action === 'promote' || action === 'rollback')
  const current = await currentOrNone(familyFolder)
  if (!last || last.version === current || last.previous !== current) return undefined
  if (rosterOf(entries).retired.has(last.version)) return undefined
  // Somebody has put it there since: that was no dying process.
  return (await currentSince(familyFolder)) > Date.parse(last.at) + CLOCK_MS ? undefined : last.version
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
