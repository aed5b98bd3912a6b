import { systemClock } from '../../adapters/clock/system-clock.ts'
import { InputError } from '../../core/errors.ts'
import type { HistoryEntry } from '../../model/bundle/model-history.ts'
import { loadFeatureSchema } from '../features/load-feature-schema.ts'
import { showProgress } from '../fit/show-progress.ts'
import type { Io } from '../io.ts'
import { changeChampionOver } from '../models/change-champion.ts'
import { appendHistory } from '../models/history.ts'
import { familyOf, ofFamily } from '../models/model-families.ts'
import type { TrainResult } from '../trainer/job.ts'
import { rowsOfFamily } from '../trainer/rows-of-family.ts'
import { runTraining } from '../trainer/run-training.ts'
import { loadTrainerConfig } from '../trainer/serve-job.ts'
import { configuredRows, loggedRows } from '../trainer/training-rows.ts'
import { now, person } from './models-promote.ts'

export interface TrainOptions {
  readonly config: string
  /** Whose model, where the configuration has groups. */
  readonly group?: string
  readonly json: boolean
}

/** Trains one model, judges it, and writes its bundle. It becomes a challenger of a running trainer, or the first champion, if it passes. */
export async function trainCommand({ config: file, group, json }: TrainOptions, io: Io): Promise<number> {
  const whole = loadTrainerConfig(file)
  const family = familyOf(whole, group)
  const config = ofFamily(whole, family)
  const clock = systemClock()
  const schema = await loadFeatureSchema({ barMs: config.barMs, ...config.features })
  const shown = showProgress(io, json)
  const parts = { schema, clock, io: shown.io }
  const all =
    whole.mode === 'train'
      ? await configuredRows(whole, parts)
      : await loggedRows(whole, { ...whole.trainer, bars: barsOf(whole, file) }, parts)
  const rows = rowsOfFamily(all, family)
  const result = await runTraining({
    ...{ config, rows, because: 'by hand' },
    ...parts,
    onProgress: shown.show,
  }).finally(shown.end)
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
  const promotion = { familyFolder, version, action: 'promote', at: now(), who: person(), why: summary } as const
  if (await changeChampionOver(undefined, promotion)) return 'first'
  await note('challenge', 'it passed the gate')
  return 'challenge'
}

function barsOf({ bars }: ReturnType<typeof loadTrainerConfig>, file: string): string {
  if (bars) return bars.dir
  throw new InputError(`config ${file}: bars is missing; the trainer learns from the bar log of the daemon`, {
    key: 'bars',
  })
}
