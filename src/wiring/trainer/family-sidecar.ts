import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readBundle, readCurrentVersion } from '../../adapters/bundle/read-bundle.ts'
import { systemClock } from '../../adapters/clock/system-clock.ts'
import type { ShadowJournal } from '../../adapters/sqlite/shadow-journal.ts'
import { InputError, messageOf } from '../../core/errors.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import { type Forecaster, loadForecaster } from '../../inference/forecaster.ts'
import type { ModelRuntime } from '../../inference/model-runtime.port.ts'
import { openBundle } from '../../model/bundle/bundle.ts'
import type { Config } from '../config/schema.ts'
import type { TrainerConfig } from '../config/trainer-section.ts'
import type { FitProgress } from '../fit/fit-progress.ts'
import { changeChampionOver } from '../models/change-champion.ts'
import { openModel } from '../models/golden-run.ts'
import { appendHistory, historyReader } from '../models/history.ts'
import { type ModelFamily, ofFamily, ofGroup } from '../models/model-families.ts'
import type { JobOutcome } from './job-process.ts'
import { liveBaseline } from './live-baseline.ts'
import { writePromotionPage } from './promotion-page.ts'
import { type Judged, ShadowArena, type ShadowVerdict } from './shadow-arena.ts'
import type { ShadowForecast } from './shadow-lane.ts'
import type { SidecarParts } from './sidecar.ts'
import type { SidecarEvent } from './sidecar-event.ts'
import { loadSidecarState, saveSidecarState } from './sidecar-state.ts'

/** Told of a challenger's progress after so many bars. */
const TELL_BARS = 60

export interface FamilySidecarParts {
  readonly config: Config & { readonly trainer: TrainerConfig }
  readonly schema: FeatureSchema
  /** Of all families. */
  readonly instruments: readonly Instrument[]
  readonly journal: ShadowJournal
  /** Of all models in shadow: its threads go from one to the next. */
  readonly runtime: ModelRuntime
  /** In a process of its own. */
  train(until: number, because: string, onProgress: (progress: FitProgress) => void): Promise<JobOutcome>
  tell(event: SidecarEvent): void
}

/** `close`: ends the models that it shows bars. */
export interface FamilySidecar extends SidecarParts {
  close(): Promise<void>
}

/** What the trainer needs of one family. Throws `InputError` for a damaged state file. */
export async function familySidecar(family: ModelFamily, parts: FamilySidecarParts): Promise<FamilySidecar> {
  const config = ofFamily(parts.config, family)
  const { trainer, symbols } = config
  const clock = systemClock()
  const tell = toldOf(family, parts.tell)
  const instruments = parts.instruments.filter(({ symbol }) => symbols.includes(symbol))
  const arena = arenaOf({ ...parts, config, instruments, tell })
  const stateFile = stateFileOf(trainer, family)
  return {
    ...{ symbols, schedule: trainer.schedule, shadow: trainer.shadow, clock, arena, tell },
    train: (until, because, onProgress) => parts.train(until, because, onProgress),
    history: historyReader(family.path),
    append: (entry) => appendHistory(family.path, entry),
    promote: (judged) => promote(config, judged, clock.now()),
    state: await loadSidecarState(stateFile),
    save: (state) => saveSidecarState(stateFile, state),
    close: () => arena.close(),
  }
}

/** A group has a folder of its own, below one that none of the trainer's other files is in. */
const stateFileOf = ({ dir }: TrainerConfig, { group }: ModelFamily): string =>
  group === undefined ? join(dir, 'sidecar.json') : join(dir, 'groups', group, 'sidecar.json')

const toldOf =
  ({ group }: ModelFamily, tell: (event: SidecarEvent) => void) =>
  (event: SidecarEvent): void =>
    tell(group === undefined ? event : { ...event, group, text: `${ofGroup(group)}${event.text}` })

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
  return await changeChampionOver(over, { familyFolder, version, action: 'promote', at, who: 'trainer', why, numbers })
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

/** Of one family. */
type ArenaMakings = Omit<FamilySidecarParts, 'train'>

function arenaOf({ config, schema, instruments, journal, runtime, tell }: ArenaMakings): ShadowArena {
  const { trainer, model } = config
  let isKept = true
  return new ShadowArena({
    terms: { ...config, simulation: trainer.simulation, startingBalance: trainer.startingBalance, instruments },
    gate: trainer.gate,
    barsMax: trainer.shadow.barsMax,
    champion: () => currentVersion(model.path),
    load: (version) => loadShadow(config, schema, runtime, version),
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

async function loadShadow(
  config: Config,
  schema: FeatureSchema,
  runtime: ModelRuntime,
  version: string,
): Promise<Forecaster> {
  const running = { names: schema.names, schemaHash: schema.hash, barMs: config.barMs }
  const bundle = openBundle(await readBundle(config.model.path, version), running)
  return await loadForecaster(bundle, runtime, 'cpu', systemClock())
}

const rowOf = (version: string, { symbol, barEndAt, forecast }: ShadowForecast) => ({
  ...{ version, symbol, barEndAt },
  meanBps: forecast.meanBps,
  volatilityBps: forecast.volatilityBps,
  quantilesBps: forecast.quantilesBps,
  classes: forecast.classes,
})
