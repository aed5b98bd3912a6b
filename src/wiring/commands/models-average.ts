import { basename, join, resolve } from 'node:path'
import { writeBundle } from '../../adapters/bundle/write-bundle.ts'
import { systemClock } from '../../adapters/clock/system-clock.ts'
import { onnxEngine } from '../../adapters/onnx/onnx-engine.ts'
import { averageBundles } from '../../model/average-bundles.ts'
import { checkBundle, type ModelBundle, packBundle } from '../../model/bundle/bundle.ts'
import { WHY_MAX } from '../../model/bundle/model-history.ts'
import { modelReport } from '../../report/model/model-report.ts'
import { answerRows } from '../../training/answer-rows.ts'
import type { Io } from '../io.ts'
import { changeChampionOver } from '../models/change-champion.ts'
import { findModel, type ModelPlace } from '../models/find-model.ts'
import { proveModel } from '../models/golden-run.ts'
import { appendHistory } from '../models/history.ts'
import { now, person } from './models-promote.ts'

export interface ModelsAverageOptions extends ModelPlace {
  /** At least two. */
  readonly models: readonly string[]
  /** Folder of the model family that the average is written into. */
  readonly out: string
  readonly json: boolean
}

/** Writes a bundle that averages others; it becomes current only in a family that has no current model: nothing has measured it yet. */
export async function modelsAverageCommand(options: ModelsAverageOptions, io: Io): Promise<number> {
  const members: ModelBundle[] = []
  for (const text of options.models) members.push(await proveModel(await findModel(options, text)))
  const out = resolve(options.out)
  const engine = onnxEngine({ provider: 'cpu', threads: 1 })
  const { draft, graph } = await averageBundles(members, {
    family: basename(out),
    createdAt: new Date(systemClock().now()).toISOString(),
    async answer(bytes, inputs) {
      const { steps, features, calibration } = members[0]!.manifest
      const session = await engine.load(bytes)
      try {
        return await answerRows(session, inputs, [steps, features.names.length], calibration.levels.length)
      } finally {
        await session.release()
      }
    },
  })
  const notes = ['The average of other models. Its scores are those of its members, not its own.']
  const files = packBundle(draft, graph, { report: modelReport({ manifest: draft, graph, notes }) })
  const folder = join(out, draft.version)
  checkBundle({ folder, files })
  await writeBundle(out, draft.version, files)
  const why = `the average of ${members.map(({ manifest }) => `${manifest.family}/${manifest.version}`).join(', ')}`
  const entry = { version: draft.version, who: person(), why: why.slice(0, WHY_MAX), at: now() }
  await appendHistory(out, { ...entry, action: 'train' })
  const isCurrent = await changeChampionOver(undefined, { ...entry, familyFolder: out, action: 'promote' })
  const summary = { model: `${draft.family}/${draft.version}`, folder, current: isCurrent }
  io.out(options.json ? JSON.stringify(summary) : folder)
  return 0
}
