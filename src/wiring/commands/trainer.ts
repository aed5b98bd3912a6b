import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { constants, getPriority, setPriority } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { followBars } from '../../adapters/bars/follow-bars.ts'
import { readBundle, readCurrentVersion } from '../../adapters/bundle/read-bundle.ts'
import { systemClock } from '../../adapters/clock/system-clock.ts'
import { systemScheduler } from '../../adapters/clock/system-scheduler.ts'
import { workerRuntime } from '../../adapters/onnx/worker-runtime.ts'
import { openShadowJournal, type ShadowJournal } from '../../adapters/sqlite/shadow-journal.ts'
import { lockState } from '../../adapters/sqlite/state-lock.ts'
import { InputError, messageOf } from '../../core/errors.ts'
import { converter, type Instrument } from '../../core/instrument.ts'
import { featureEngine } from '../../features/feature-engine.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import { type Forecaster, loadForecaster } from '../../inference/forecaster.ts'
import { openBundle } from '../../model/bundle/bundle.ts'
import { rosterOf } from '../../model/bundle/model-history.ts'
import type { Config } from '../config/schema.ts'
import type { TrainerConfig } from '../config/trainer-section.ts'
import { loadFeatureSchema } from '../features/load-feature-schema.ts'
import type { Io } from '../io.ts'
import { changeChampion, finishChange } from '../models/change-champion.ts'
import { openModel } from '../models/golden-run.ts'
import { appendHistory, historyReader, readHistory } from '../models/history.ts'
import { barLogOf, loggedInstruments } from '../trainer/bar-log-of.ts'
import { runJob } from '../trainer/job-process.ts'
import { liveBaseline } from '../trainer/live-baseline.ts'
import { writePromotionPage } from '../trainer/promotion-page.ts'
import { loadTrainerConfig } from '../trainer/serve-job.ts'
import { type Judged, ShadowArena, type ShadowVerdict } from '../trainer/shadow-arena.ts'
import type { ShadowForecast } from '../trainer/shadow-lane.ts'
import { runSidecar } from '../trainer/sidecar.ts'
import type { SidecarEvent } from '../trainer/sidecar-event.ts'
import { loadSidecarState, saveSidecarState } from '../trainer/sidecar-state.ts'

export interface TrainerOptions {
  readonly config: string
  /** One JSON object for each event. */
  readonly json: boolean
}

/** How often the bar log is looked at, milliseconds. */
const POLL_MS = 250
/** Told of a challenger's progress after so many bars. */
const TELL_BARS = 60
/** Bars that the features warm up on before a challenger's first. */
const WARM_UP_BARS = 2_000
/** How long a trainer that is ending may keep the next one waiting, milliseconds. */
const LOCK_MS = 10_000

/** The sidecar: runs beside a daemon of the same configuration until it is stopped. */
export async function trainerCommand({ config: file, json }: TrainerOptions, io: Io): Promise<number> {
  const config = loadTrainerConfig(file)
  const { trainer, bars, symbols } = config
  if (!bars)
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
    const place = barLogOf(bars.dir, config, schema)
    tell({ kind: 'started', text: `learns from ${bars.dir}, family ${config.model.path}` })
    io.ready()
    const instruments = await instrumentsOf(place, symbols, tell, ended.signal)
    if (!instruments) return 0
    const arena = arenaOf({ config, schema, instruments, journal, tell })
    const stateFile = join(trainer.dir, 'sidecar.json')
    const familyFolder = config.model.path
    await finishChange(familyFolder)
    // Challengers are shown again all that they have seen.
    const begun = rosterOf(await readHistory(familyFolder)).challengers.map(({ since }) => Date.parse(since))
    const from = Math.min(clock.now() - trainer.windowBars * config.barMs, ...begun) - WARM_UP_BARS * config.barMs
    await runSidecar({
      ...{ symbols, schedule: trainer.schedule, shadow: trainer.shadow, clock, arena, tell },
      isCaughtUp: () => isCaughtUp,
      bars: followBars(place, symbols, from, { pollMs: POLL_MS, scheduler, signal: ended.signal }),
      train: (until, because, onProgress) =>
        runJob({
          job: { kind: 'train', config: file, until, because },
          limits: trainer.limits,
          signal: ended.signal,
          onMessage: (message) => message.kind === 'progress' && onProgress(message.text),
        }),
      history: historyReader(familyFolder),
      append: (entry) => appendHistory(familyFolder, entry),
      promote: (judged) => promote(config, judged, clock.now()),
      state: await loadSidecarState(stateFile),
      save: (state) => saveSidecarState(stateFile, state),
    })
    await arena.close()
    return 0
  } finally {
    end()
    process.off('disconnect', end)
    unregister()
    journal.close()
    unlock()
  }
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

/** False: not the one that it was measured against decides by now. Throws `InputError` for one that the daemon would refuse. */
async function promote(
  { model: { path: familyFolder, expiresAfterMs = Number.POSITIVE_INFINITY } }: Config,
  { version, over, why, numbers }: Judged,
  now: number,
): Promise<boolean> {
  if ((await currentVersion(familyFolder)) !== over) return false
  const { createdAt, expiresAt } = (await openModel({ familyFolder, version })).manifest
  const ends = Math.min(
    Date.parse(createdAt) + expiresAfterMs,
    expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiresAt),
  )
  if (ends <= now)
    throw new InputError(`${version} expired at ${new Date(ends).toISOString()}, before it was promoted`, { version })
  const at = new Date(now).toISOString()
  await changeChampion({ familyFolder, version, action: 'promote', at, who: 'trainer', why, numbers })
  return true
}

/** Undefined where none decides yet. Throws `InputError` where that cannot be read. */
const currentVersion = async (familyFolder: string): Promise<string | undefined> =>
  existsSync(join(familyFolder, 'current')) ? await readCurrentVersion(familyFolder) : undefined

/** A page that cannot be written is no reason to stop. */
function tellVerdict(
  found: ShadowVerdict,
  { trainer, model }: ArenaMakings['config'],
  instruments: readonly Instrument[],
  tell: (event: SidecarEvent) => void,
): void {
  try {
    const file = writePromotionPage(found, {
      dir: trainer.dir,
      family: basename(model.path),
      currency: instruments[0]?.settle ?? '',
      startingBalance: Number(trainer.startingBalance),
      madeAt: new Date(systemClock().now()).toISOString(),
    })
    tell({ kind: 'shadow', version: found.version, text: `${found.version} is judged: ${file}` })
  } catch (error) {
    tell({ kind: 'problem', text: `the page of ${found.version} cannot be written: ${messageOf(error)}` })
  }
}

interface ArenaMakings {
  readonly config: Config & { readonly trainer: TrainerConfig }
  readonly schema: FeatureSchema
  readonly instruments: readonly Instrument[]
  readonly journal: ShadowJournal
  tell(event: SidecarEvent): void
}

function arenaOf({ config, schema, instruments, journal, tell }: ArenaMakings): ShadowArena {
  const { trainer, model } = config
  let isKept = true
  return new ShadowArena({
    terms: { ...config, simulation: trainer.simulation, startingBalance: trainer.startingBalance, instruments },
    engine: featureEngine({
      schema,
      converters: instruments.map((one) => converter(one)),
      steps: trainer.recipe.steps,
    }),
    gate: trainer.gate,
    barsMax: trainer.shadow.barsMax,
    champion: () => currentVersion(model.path),
    load: (version) => loadShadow(config, schema, version),
    baseline: liveBaseline,
    // Each challenger was one trial more; those that never came so far are counted by the gate before.
    trials: () => ({ count: 1 }),
    onVerdict: (found) => tellVerdict(found, config, instruments, tell),
    onForecasts(version, said) {
      try {
        journal.add(said.map((one) => rowOf(version, one)))
        isKept = true
      } catch (error) {
        // It can be had again from the bar log: no reason to stop.
        if (isKept) tell({ kind: 'problem', text: `forecasts in shadow are not kept: ${messageOf(error)}` })
        isKept = false
      }
    },
    onBars(version, bars) {
      if (bars % TELL_BARS === 0) tell({ kind: 'shadow', version, text: `${version}: ${bars} bars in shadow` })
    },
    onProblem: (text) => tell({ kind: 'problem', text }),
  })
}

async function loadShadow(config: Config, schema: FeatureSchema, version: string): Promise<Forecaster> {
  const running = { names: schema.names, schemaHash: schema.hash, barMs: config.barMs }
  const bundle = openBundle(await readBundle(config.model.path, version), running)
  return await loadForecaster(bundle, workerRuntime({ intraOpThreads: 1 }), 'cpu', systemClock())
}

const rowOf = (version: string, { symbol, barEndAt, forecast }: ShadowForecast) => ({
  ...{ version, symbol, barEndAt },
  meanBps: forecast.meanBps,
  volatilityBps: forecast.volatilityBps,
  quantilesBps: forecast.quantilesBps,
  classes: forecast.classes,
})
