import { userInfo } from 'node:os'
import { basename } from 'node:path'
import { systemClock } from '../../adapters/clock/system-clock.ts'
import { InputError } from '../../core/errors.ts'
import type { Io } from '../io.ts'
import { changeChampion, versionBefore } from '../models/change-champion.ts'
import { type FoundModel, familyFolders, findModel, type ModelPlace } from '../models/find-model.ts'
import { proveModel } from '../models/golden-run.ts'

interface ChangeOptions extends ModelPlace {
  /** For the history. */
  readonly why?: string
  readonly json: boolean
}

export interface ModelsPromoteOptions extends ChangeOptions {
  readonly model: string
}

export interface ModelsRollbackOptions extends ChangeOptions {
  /** Name of the family; undefined: the only one. */
  readonly family?: string
}

/** Makes a version that passes every check the current one. A refused one changes nothing. */
export async function modelsPromoteCommand(options: ModelsPromoteOptions, io: Io): Promise<number> {
  return await change(await findModel(options, options.model), 'promote', options, io)
}

/** Back to the version that decided before. */
export async function modelsRollbackCommand(options: ModelsRollbackOptions, io: Io): Promise<number> {
  const familyFolder = await oneFamily(options)
  return await change({ familyFolder, version: await versionBefore(familyFolder) }, 'rollback', options, io)
}

async function change(
  found: FoundModel,
  action: 'promote' | 'rollback',
  { why = 'by hand', json }: ChangeOptions,
  io: Io,
): Promise<number> {
  const { familyFolder, version } = found
  await proveModel(found)
  const before = await changeChampion({ familyFolder, version, action, at: now(), who: person(), why })
  const family = basename(familyFolder)
  if (json) io.out(JSON.stringify({ family, before: before ?? null, current: version }))
  else
    io.out(
      before === version ? `${family}: ${version} is current already` : `${family}: ${before ?? 'none'} → ${version}`,
    )
  return 0
}

async function oneFamily({ family, ...place }: ModelsRollbackOptions): Promise<string> {
  const folders = await familyFolders(place)
  const named = family === undefined ? folders : folders.filter((folder) => basename(folder) === family)
  const [only, ...others] = named
  if (only !== undefined && others.length === 0) return only
  const known = folders.map((folder) => basename(folder)).join(', ') || 'none'
  throw new InputError(`family was ${JSON.stringify(family ?? '')}; name one of: ${known}`)
}

/** ISO 8601, UTC. */
export const now = (): string => new Date(systemClock().now()).toISOString()

/** The name that stands in the history; the number of a user that the system has no name for, as in some containers. */
export function person(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
