import { basename } from 'node:path'
import { listVersions } from '../../adapters/bundle/list-bundles.ts'
import { readBundle } from '../../adapters/bundle/read-bundle.ts'
import { systemClock } from '../../adapters/clock/system-clock.ts'
import { messageOf } from '../../core/errors.ts'
import { checkBundle, type ModelBundle } from '../../model/bundle/bundle.ts'
import type { Io } from '../io.ts'
import { currentOrNone, type FoundModel, familyFolders, type ModelPlace } from '../models/find-model.ts'
import { ageText, headline, sizeText } from '../models/model-text.ts'
import { aligned } from '../text-table.ts'

export interface ModelsListOptions extends ModelPlace {
  readonly json: boolean
}

interface Listed {
  readonly family: string
  readonly version: string
  readonly current: boolean
  readonly bytes: number
  /** What is wrong with it; then the rest is unknown. */
  readonly refused?: string
  readonly bundle?: ModelBundle
}

/** Every version with what its manifest says. A version that is damaged is listed as refused; golden vectors are not run. */
export async function modelsListCommand(options: ModelsListOptions, io: Io): Promise<number> {
  const listed: Listed[] = []
  for (const familyFolder of await familyFolders(options)) {
    const current = await currentOrNone(familyFolder)
    for (const version of await listVersions(familyFolder)) {
      listed.push(await look({ familyFolder, version }, version === current))
    }
  }
  const now = systemClock().now()
  if (options.json) io.out(JSON.stringify({ models: listed.map((each) => recordOf(each, now)) }))
  else if (listed.length === 0) io.out(`no model in ${options.path ?? options.root}`)
  else for (const line of tableOf(listed, now)) io.out(line)
  return 0
}

async function look({ familyFolder, version }: FoundModel, current: boolean): Promise<Listed> {
  const listed = { family: basename(familyFolder), version, current }
  let bytes = 0
  try {
    const found = await readBundle(familyFolder, version)
    bytes = [...found.files.values()].reduce((sum, { length }) => sum + length, 0)
    return { ...listed, bytes, bundle: checkBundle(found) }
  } catch (error) {
    return { ...listed, bytes, refused: messageOf(error) }
  }
}

const ageOf = ({ manifest }: ModelBundle, now: number): number => now - Date.parse(manifest.createdAt)

function recordOf({ bundle, ...listed }: Listed, now: number) {
  if (bundle === undefined) return { ...listed, ok: false }
  const { createdAt, architecture, weights, metrics } = bundle.manifest
  const known = { createdAt, ageMs: ageOf(bundle, now), architecture: architecture.name }
  return { ...listed, ok: true, ...known, weights: weights?.count ?? null, metrics }
}

function tableOf(listed: readonly Listed[], now: number): readonly string[] {
  const rows = listed.map(({ family, version, current, bytes, bundle, refused }) => {
    const name = `${current ? '*' : ' '} ${family}/${version}`
    if (bundle === undefined) return [name, '', '', '', '', '', `refused: ${(refused ?? '').split('\n')[0]}`]
    const { createdAt, architecture } = bundle.manifest
    const age = ageText(ageOf(bundle, now))
    return [name, architecture.name, sizeText(bytes), createdAt, age, headline(bundle.manifest), 'ok']
  })
  return aligned([['  model', 'architecture', 'size', 'created', 'age', 'score', 'state'], ...rows])
}
