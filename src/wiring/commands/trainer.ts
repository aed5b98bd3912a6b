import { mkdir } from 'node:fs/promises'
import { constants, getPriority, setPriority } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { followBars } from '../../adapters/bars/follow-bars.ts'
import { systemClock } from '../../adapters/clock/system-clock.ts'
import { systemScheduler } from '../../adapters/clock/system-scheduler.ts'
import { workerRuntime } from '../../adapters/onnx/worker-runtime.ts'
import { openShadowJournal } from '../../adapters/sqlite/shadow-journal.ts'
import { lockState } from '../../adapters/sqlite/state-lock.ts'
import type { Clock } from '../../core/clock.port.ts'
import { InputError } from '../../core/errors.ts'
import { converter, type Instrument } from '../../core/instrument.ts'
import { featureEngine } from '../../features/feature-engine.ts'
import { rosterOf } from '../../model/bundle/model-history.ts'
import type { Config } from '../config/schema.ts'
import { loadFeatureSchema } from '../features/load-feature-schema.ts'
import type { Io } from '../io.ts'
import { finishChange } from '../models/change-champion.ts'
import { readHistory } from '../models/history.ts'
import { modelFamilies } from '../models/model-families.ts'
import { barLogOf, loggedInstruments } from '../trainer/bar-log-of.ts'
import { type FamilySidecar, type FamilySidecarParts, familySidecar } from '../trainer/family-sidecar.ts'
import { runJob } from '../trainer/job-process.ts'
import { loadTrainerConfig } from '../trainer/serve-job.ts'
import { runSidecars, type SidecarParts } from '../trainer/sidecar.ts'
import type { SidecarEvent } from '../trainer/sidecar-event.ts'

export interface TrainerOptions {
  readonly config: string
  /** One JSON object for each event. */
  readonly json: boolean
}

/** How often the bar log is looked at, milliseconds. */
const POLL_MS = 250
/** Bars that the features warm up on before a challenger's first. */
const WARM_UP_BARS = 2_000
/** How long a trainer that is ending may keep the next one waiting, milliseconds. */
const LOCK_MS = 10_000

/** The sidecar: runs beside a daemon of the same configuration until it is stopped. */
export async function trainerCommand({ config: file, json }: TrainerOptions, io: Io): Promise<number> {
  const config = loadTrainerConfig(file)
  const { trainer, bars: log, symbols } = config
  if (!log)
    throw new InputError(`config ${file}: bars is missing; the trainer learns from the bar log of the daemon`, {
      key: 'bars',
    })
  const { PRIORITY_BELOW_NORMAL } = constants.priority
  if (getPriority() < PRIORITY_BELOW_NORMAL) setPriority(PRIORITY_BELOW_NORMAL)
  await mkdir(trainer.dir, { recursive: true })
  const ended = new AbortController()
  const end = (): void => ended.abort()
  const unregister = io.onStop(end)
  process.once('disconnect', end) // Whoever began it was killed.
  const unlock = await locked(join(trainer.dir, 'sidecar'), ended.signal)
  const journal = openShadowJournal(join(trainer.dir, 'shadow.sqlite'))
  const tell = (event: SidecarEvent): void => io.out(json ? JSON.stringify(event) : `trainer: ${event.text}`)
  try {
    const clock = systemClock()
    let isCaughtUp = false
    const scheduler = {
      sleep(ms: number, signal?: AbortSignal): Promise<void> {
        isCaughtUp = true // All that was there has been read.
        return systemScheduler().sleep(ms, signal)
      },
    }
    const schema = await loadFeatureSchema({ barMs: config.barMs, ...config.features })
    const place = barLogOf(log.dir, config, schema)
    tell({ kind: 'started', text: `learns from ${log.dir}, ${familiesText(config)}` })
    io.ready()
    const instruments = await instrumentsOf(place, symbols, tell, ended.signal)
    if (!instruments) return 0
    const train: FamilyTraining = (group) => (until, because, onProgress) =>
      runJob({
        job: { kind: 'train', config: file, until, because, group },
        limits: trainer.limits,
        signal: ended.signal,
        onMessage: (message) => message.kind === 'progress' && onProgress(message),
      })
    const runtime = workerRuntime({ intraOpThreads: 1 })
    const sidecars = await sidecarsOf({ config, schema, instruments, journal, runtime, tell }, train)
    const from = (await firstBarAt(config, clock)) - WARM_UP_BARS * config.barMs
    const bars = followBars(place, symbols, from, { pollMs: POLL_MS, scheduler, signal: ended.signal })
    const engine = featureEngine({
      ...{ schema, steps: trainer.recipe.steps },
      converters: instruments.map((one) => converter(one)),
    })
    try {
      await runSidecars({ bars, isCaughtUp: () => isCaughtUp, engine }, sidecars)
    } finally {
      for (const one of sidecars) await one.close()
    }
    return 0
  } finally {
    end()
    process.off('disconnect', end)
    unregister()
    journal.close()
    unlock()
  }
}

function familiesText(config: Config): string {
  const paths = modelFamilies(config).map(({ path }) => path)
  return `${paths.length === 1 ? 'family' : 'families'} ${paths.join(', ')}`
}

/** What trains the models of a group. */
type FamilyTraining = (group: string | undefined) => SidecarParts['train']

/** One for each family. */
async function sidecarsOf(
  parts: Omit<FamilySidecarParts, 'train'>,
  train: FamilyTraining,
): Promise<readonly FamilySidecar[]> {
  const sidecars: FamilySidecar[] = []
  for (const family of modelFamilies(parts.config)) {
    await finishChange(family.path)
    sidecars.push(await familySidecar(family, { ...parts, train: train(family.group) }))
  }
  return sidecars
}

/** Milliseconds since the epoch. Challengers are shown again all that they have seen. */
async function firstBarAt(config: FamilySidecarParts['config'], clock: Pick<Clock, 'now'>): Promise<number> {
  const rosters = await Promise.all(modelFamilies(config).map(async ({ path }) => rosterOf(await readHistory(path))))
  const begun = rosters.flatMap(({ challengers }) => challengers.map(({ since }) => Date.parse(since)))
  return Math.min(clock.now() - config.trainer.windowBars * config.barMs, ...begun)
}

/** Throws `InputError` when another trainer holds the folder and goes on. */
async function locked(path: string, signal: AbortSignal): Promise<() => void> {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    try {
      return lockState(path)
    } catch (error) {
      if (waitedMs >= LOCK_MS || signal.aborted) throw error
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined)
    }
  }
}

/** As the daemon wrote them down; waits for its first bars. Undefined: told to stop before there were any. */
async function instrumentsOf(
  place: ReturnType<typeof barLogOf>,
  symbols: readonly string[],
  tell: (event: SidecarEvent) => void,
  signal: AbortSignal,
): Promise<readonly Instrument[] | undefined> {
  for (let told = ''; !signal.aborted; ) {
    try {
      return await loggedInstruments(place, symbols)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      if (error.message !== told) tell({ kind: 'problem', text: `waits for the daemon's first bars: ${error.message}` })
      told = error.message
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined)
  }
  return undefined
}
