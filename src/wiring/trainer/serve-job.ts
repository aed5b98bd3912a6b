import { systemClock } from '../../adapters/clock/system-clock.ts'
import { InputError } from '../../core/errors.ts'
import { loadConfig } from '../config/load-config.ts'
import type { Config, TrainConfig } from '../config/schema.ts'
import type { TrainerConfig } from '../config/trainer-section.ts'
import { loadFeatureSchema } from '../features/load-feature-schema.ts'
import type { Io } from '../io.ts'
import { familyOf, ofFamily } from '../models/model-families.ts'
import { evaluateTrial } from './evaluate-recipe.ts'
import type { Job, JobMessage, TrainResult } from './job.ts'
import { rowsOfFamily } from './rows-of-family.ts'
import { runTraining } from './run-training.ts'
import { serveTruth } from './serve-truth.ts'
import { configuredRows, loggedRows } from './training-rows.ts'

/** A configuration with the sections that a trainer needs. Throws `InputError` without. */
export function loadTrainerConfig(file: string): Config & { readonly trainer: TrainerConfig } {
  const config = loadConfig(file)
  const { trainer } = config
  if (trainer) return { ...config, trainer }
  throw new InputError(`config ${file}: trainer is missing; it says what is trained, and when`, { key: 'trainer' })
}

/** Throws `InputError` for a configuration of another mode. */
export function requireTrainMode(config: Config, file: string): TrainConfig {
  if (config.mode === 'train') return config
  throw new InputError(`config ${file}: mode was ${config.mode}; this needs mode train`, { key: 'mode' })
}

/** Does one job and tells what came of it through `send`. Throws what is a bug. */
export async function serveJob(
  job: Job,
  io: Io,
  send: (message: JobMessage) => void,
  ask: (step: number, value: number) => Promise<boolean>,
): Promise<void> {
  try {
    send({ kind: 'done', result: await resultOf(job, io, send, ask) })
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    send({ kind: 'refused', why: error.message })
  }
}

async function resultOf(
  job: Job,
  io: Io,
  send: (message: JobMessage) => void,
  ask: (step: number, value: number) => Promise<boolean>,
): Promise<unknown> {
  const config = loadTrainerConfig(job.config)
  const clock = systemClock()
  const schema = await loadFeatureSchema({ barMs: config.barMs, ...config.features })
  const parts = { schema, clock, io }
  if (job.kind === 'train') return await train(config, job, parts, send)
  if (job.kind === 'truth' || job.kind === 'regime-change') {
    const onPhase = (text: string): void => send({ kind: 'progress', text })
    return await serveTruth(requireTrainMode(config, job.config), job, { schema, clock, io, onPhase })
  }
  const whole = requireTrainMode(config, job.config)
  const family = familyOf(whole, job.group)
  const rows = rowsOfFamily(await configuredRows(whole, parts), family)
  const trial = ofFamily(whole, family)
  return await evaluateTrial({ ...{ config: trial, schema, rows, io, clock }, params: job.params, seed: job.seed, ask })
}

async function train(
  config: Config & { readonly trainer: TrainerConfig },
  { until, because, group }: Extract<Job, { kind: 'train' }>,
  parts: {
    readonly schema: Awaited<ReturnType<typeof loadFeatureSchema>>
    readonly clock: ReturnType<typeof systemClock>
    readonly io: Io
  },
  send: (message: JobMessage) => void,
): Promise<TrainResult> {
  const { bars, trainer } = config
  if (!bars) throw new InputError('bars is missing; the trainer learns from the bar log of the daemon', { key: 'bars' })
  const family = familyOf(config, group)
  const rows = rowsOfFamily(await loggedRows(config, { ...trainer, bars: bars.dir }, parts, until), family)
  return await runTraining({
    ...{ config: ofFamily(config, family), rows, because },
    ...parts,
    onProgress: (progress) => send({ kind: 'progress', ...progress }),
  })
}
