import { systemClock } from '../../adapters/clock/system-clock.ts'
import { InputError } from '../../core/errors.ts'
import type { HistoryEntry } from '../../model/bundle/model-history.ts'
import { loadFeatureSchema } from '../features/load-feature-schema.ts'
import type { Io } from '../io.ts'
import { changeChampion } from '../models/change-champion.ts'
import { currentOrNone } from '../models/find-model.ts'
import { appendHistory } from '../models/history.ts'
import type { TrainResult } from '../trainer/job.ts'
import { runTraining } from '../trainer/run-training.ts'
import { loadTrainerConfig } from '../trainer/serve-job.ts'
import { configuredRows, loggedRows } from '../trainer/training-rows.ts'
import { now, person } from './models-promote.ts'

export interface TrainOptions {
  readonly config: string
  readonly json: boolean
}

/** Trains one model, judges it, and writes its bundle. It becomes a challenger of a running trainer, or the first champion, if it passes. */
export async function trainCommand({ config: file, json }: TrainOptions, io: Io): Promise<number> {
  const config = loadTrainerConfig(file)
  const clock = systemClock()
  const schema = await loadFeatureSchema({ barMs: config.barMs, ...config.features })
  const parts = { schema, clock, io }
  const rows =
    config.mode === 'train'
      ? await configuredRows(config, parts)
      : await loggedRows(config, { ...config.trainer, bars: barsOf(config, file) }, parts)
  const result = await runTraining({
    ...{ config, rows, because: 'by hand' },
    ...parts,
    onProgress: (text) => io.err(text),
  })
  const fate = await settle(config.model.path, result)
  if (json) io.out(JSON.stringify({ ...result, fate }))
  else io.out(`${config.model.path}/${result.version}\n${result.summary}\n${FATES[fate]}\nreport: ${result.report}`)
  return 0
}

const FATES = {
  first: 'It is the first of its family that passed, and decides from now on.',
  challenge: 'It is a challenger: a trainer beside a daemon shows it live bars before it may decide.',
  refuse: 'It does not come into force.',
} as const

type Fate = keyof typeof FATES

async function settle(familyFolder: string, { version, outcome, summary, numbers }: TrainResult): Promise<Fate> {
  const note = (action: HistoryEntry['action'], why: string) =>
    appendHistory(familyFolder, { at: now(), who: person(), action, version, why, numbers })
  await note('train', `by hand. ${summary}`)
  if (outcome !== 'pass') {
    await note('refuse', summary)
    return 'refuse'
  }
  if ((await currentOrNone(familyFolder)) === undefined) {
    await changeChampion({ familyFolder, version, action: 'promote', at: now(), who: person(), why: summary })
    return 'first'
  }
  await note('challenge', 'it passed the gate')
  return 'challenge'
}

function barsOf({ bars }: ReturnType<typeof loadTrainerConfig>, file: string): string {
  if (bars) return bars.dir
  throw new InputError(`config ${file}: bars is missing; the trainer learns from the bar log of the daemon`, {
    key: 'bars',
  })
}
