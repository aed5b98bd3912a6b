import { basename, join } from 'node:path'
import { listVersions } from '../../adapters/bundle/list-bundles.ts'
import { readCurrentVersion } from '../../adapters/bundle/read-bundle.ts'
import { InputError, messageOf } from '../../core/errors.ts'
import type { Io } from '../io.ts'
import { type FoundModel, familyFolders, findModel, type ModelPlace } from '../models/find-model.ts'
import { proveModel } from '../models/golden-run.ts'

export interface ModelsVerifyOptions extends ModelPlace {
  /** Undefined: the current one. */
  readonly model?: string
  /** Every version, and whether `current` names one of them. */
  readonly all: boolean
  readonly json: boolean
}

interface Verdict {
  readonly model: string
  readonly ok: boolean
  /** What was checked, or what is wrong. */
  readonly says: string
}

/** Checks checksums, manifest, graph and golden vectors (on the CPU). Returns 1 when any model is refused. */
export async function modelsVerifyCommand(options: ModelsVerifyOptions, io: Io): Promise<number> {
  if (options.all && options.model !== undefined) {
    throw new InputError(`model was ${options.model}; name a model or give --all, not both`)
  }
  const verdicts = options.all ? await verifyAll(options) : [await verify(await findModel(options, options.model))]
  if (options.json) io.out(JSON.stringify({ models: verdicts }))
  else for (const { model, ok, says } of verdicts) io.out(`${ok ? 'ok     ' : 'refused'}  ${model}: ${says}`)
  return verdicts.every(({ ok }) => ok) ? 0 : 1
}

async function verifyAll(place: ModelPlace): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = []
  for (const familyFolder of await familyFolders(place)) {
    const versions = await listVersions(familyFolder)
    for (const version of versions) verdicts.push(await verify({ familyFolder, version }))
    verdicts.push(...(await currentVerdict(familyFolder, versions)))
  }
  if (verdicts.length === 0) throw new InputError(`${place.path ?? place.root}: it holds no model`)
  return verdicts
}

async function verify({ familyFolder, version }: FoundModel): Promise<Verdict> {
  const model = `${basename(familyFolder)}/${version}`
  try {
    const { manifest } = await proveModel({ familyFolder, version })
    const { files, golden } = manifest
    const says = `manifest, ${Object.keys(files).length} files, graph, ${golden.inputs.length} golden vectors on cpu`
    return { model, ok: true, says }
  } catch (error) {
    return { model, ok: false, says: messageOf(error) }
  }
}

/** Only what is wrong with `current`. */
async function currentVerdict(familyFolder: string, versions: readonly string[]): Promise<readonly Verdict[]> {
  const model = `${basename(familyFolder)}/current`
  try {
    const version = await readCurrentVersion(familyFolder)
    if (versions.includes(version)) return []
    return [{ model, ok: false, says: `${join(familyFolder, 'current')} names ${version}, which is not there` }]
  } catch (error) {
    return [{ model, ok: false, says: messageOf(error) }]
  }
}
