import { basename } from 'node:path'
import { InputError } from '../../core/errors.ts'
import type { Io } from '../io.ts'
import { withFamilyLock } from '../models/family-lock.ts'
import { currentOrNone, findModel, type ModelPlace } from '../models/find-model.ts'
import { appendHistory } from '../models/history.ts'
import { now, person } from './models-promote.ts'

export interface ModelsRetireOptions extends ModelPlace {
  readonly model: string
  readonly why?: string
  readonly json: boolean
}

/** A retired version never decides or runs in shadow again; its files stay. Refuses the one that decides now. */
export async function modelsRetireCommand(options: ModelsRetireOptions, io: Io): Promise<number> {
  const { familyFolder, version } = await findModel(options, options.model)
  const family = basename(familyFolder)
  await withFamilyLock(familyFolder, async () => {
    if ((await currentOrNone(familyFolder)) === version) {
      throw new InputError(`${family}/${version} decides now; promote another or roll back before you retire it`)
    }
    await appendHistory(familyFolder, {
      at: now(),
      who: person(),
      action: 'retire',
      version,
      why: options.why ?? 'by hand',
    })
  })
  io.out(options.json ? JSON.stringify({ family, retired: version }) : `${family}: ${version} is retired`)
  return 0
}
