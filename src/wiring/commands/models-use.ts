import { basename } from 'node:path'
import { setCurrent } from '../../adapters/bundle/write-bundle.ts'
import type { Io } from '../io.ts'
import { currentOrNone, findModel, type ModelPlace } from '../models/find-model.ts'
import { proveModel } from '../models/golden-run.ts'

export interface ModelsUseOptions extends ModelPlace {
  readonly model: string
  readonly json: boolean
}

/** Points `current` at a version that passes every check: promotion and rollback by hand. A refused one changes nothing. */
export async function modelsUseCommand(options: ModelsUseOptions, io: Io): Promise<number> {
  const found = await findModel(options, options.model)
  const { familyFolder, version } = found
  await proveModel(found)
  const before = await currentOrNone(familyFolder)
  if (before !== version) await setCurrent(familyFolder, version)
  const family = basename(familyFolder)
  if (options.json) io.out(JSON.stringify({ family, before: before ?? null, current: version }))
  else
    io.out(
      before === version ? `${family}: ${version} is current already` : `${family}: ${before ?? 'none'} → ${version}`,
    )
  return 0
}
