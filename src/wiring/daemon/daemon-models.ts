import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Alert } from '../../core/alert.ts'
import { byGroup } from '../../core/by-group.ts'
import { messageOf } from '../../core/errors.ts'
import type { Scheduler } from '../../core/scheduler.port.ts'
import type { EpochMs } from '../../core/units.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import type { OversightStatus } from '../../inference/oversight/oversight-status.ts'
import type { Journal } from '../../trading/journal.port.ts'
import { groupAlert } from '../alerts/group-alert.ts'
import type { WallConfig } from '../config/schema.ts'
import { type ModelFamily, modelFamilies, ofFamily } from '../models/model-families.ts'
import type { ModelRoute } from '../session/ask-models.ts'
import type { Closers } from './closers.ts'
import { type ModelOversight, modelOversight } from './model-oversight.ts'
import { type ModelSteward, modelSteward, type StewardCounts } from './model-steward.ts'
import { watchModel } from './model-watch.ts'
import { type ModelNote, openModels, type RunningModels } from './open-models.ts'
import type { Edges } from './venues.ts'

/** A model that decides, and for which group; undefined: for all instruments. */
export interface GroupModel extends ModelNote {
  readonly group: string | undefined
}

/** The models of a daemon, of one family or several, and those who look after each. */
export interface DaemonModels {
  readonly schema: FeatureSchema
  /** For the session. */
  readonly routes: readonly ModelRoute[]
  /** Of each family. */
  inForce(): readonly GroupModel[]
  /** After a decision. */
  onDecided(now: EpochMs): void
  /** What oversight remembers, at a stop. */
  keep(): void
  /** Of all families together. */
  counts(): Promise<StewardCounts>
}

interface DaemonModelsParts {
  readonly config: WallConfig
  readonly edges: Edges
  readonly log: Logger
  readonly journal: Pick<Journal, 'setMeta'>
  raise(alert: Alert): void
  /** Another model decides from now on: told on the spot. */
  onSwap(modelId: string, group: string | undefined): void
}

/** One family with its own service, steward, watch and oversight. */
interface OpenFamily extends RunningModels {
  readonly family: ModelFamily
  readonly steward: ModelSteward
  /** Where the config asks for one. */
  readonly oversight: ModelOversight | undefined
}

/** The champions of all families, ready. Throws `InputError` when one must not be used. What it opened is in `open`, also then. */
export async function openDaemonModels(parts: DaemonModelsParts, open: Closers): Promise<DaemonModels> {
  const notes = new Notes(parts.journal, parts.log)
  const all: OpenFamily[] = []
  for (const family of modelFamilies(parts.config)) all.push(await openFamily(family, parts, notes, open))
  const steps = Math.max(...all.map(({ service }) => service.steps))
  for (const { service } of all) service.widen(steps)
  const keeper = oversightKeeper(all, notes, parts.edges.scheduler)
  return {
    schema: all[0]!.loader.schema,
    routes: all.map(routeOf),
    inForce: () => all.map(({ family, service }) => ({ group: family.group, ...noteOf(service.inForce.forecaster) })),
    ...keeper,
    async counts() {
      const counted = await Promise.all(all.map(({ steward }) => steward.counts()))
      const sum = (key: keyof StewardCounts) => counted.reduce((total, one) => total + one[key], 0)
      return { retrainings: sum('retrainings'), promotions: sum('promotions') }
    },
  }
}

/** Each family writes a file of its own; one at a time, behind the orders of the decision, with room for their answers in between. */
function oversightKeeper(
  all: readonly OpenFamily[],
  notes: Notes,
  scheduler: Scheduler,
): Pick<DaemonModels, 'onDecided' | 'keep'> {
  let isBusy = false
  let isEnded = false
  async function keepDue(now: EpochMs): Promise<void> {
    for (const { oversight } of all) {
      await scheduler.sleep(0)
      if (isEnded) return
      oversight?.onDecided(now)
    }
    notes.keepOversight()
  }
  return {
    onDecided(now) {
      if (isBusy) return
      isBusy = true
      void keepDue(now).finally(() => {
        isBusy = false
      })
    },
    keep() {
      isEnded = true
      for (const { oversight } of all) oversight?.keep()
      notes.keepOversight()
    },
  }
}

const noteOf = ({ modelId, provider }: ModelNote): ModelNote => ({ modelId, provider })

const routeOf = ({ family: { group, symbols }, service, oversight }: OpenFamily): ModelRoute => ({
  ...(group !== undefined && { group, symbols }),
  source: service,
  ...(oversight && { oversightOf: (forecaster) => oversight.of(forecaster) }),
})

async function openFamily(
  family: ModelFamily,
  parts: DaemonModelsParts,
  notes: Notes,
  open: Closers,
): Promise<OpenFamily> {
  const { group, path } = family
  const { config, edges } = parts
  const { clock, scheduler } = edges
  const log = group === undefined ? parts.log : parts.log.child({ group })
  const raise = (alert: Alert): void => parts.raise(groupAlert(group, alert))
  const heard: { steward?: ModelSteward } = {}
  const { loader, service } = await openModels(ofFamily(config, family), edges, log, {
    raise,
    onSwap: (modelId) => parts.onSwap(modelId, group),
    onRefused: (version, cause) => heard.steward?.onRefused(version, cause),
    note: (inForce) => notes.onModel(group, inForce),
  })
  open.add('models', () => service.close())
  const steward = await modelSteward({ familyFolder: path, service, clock, scheduler, log, raise })
  heard.steward = steward
  open.add('model steward', () => steward.stop())
  const { watchMs } = config.model
  const currentVersion = () => loader.currentVersion()
  const onProblem = (cause: string): void => log.warn({ cause }, 'the file that names the current model cannot be read')
  if (watchMs > 0)
    open.add('model watch', watchModel({ service, everyMs: watchMs, scheduler, currentVersion, onProblem }))
  return { family, loader, service, steward, oversight: openOversight(family, parts, steward, notes, log) }
}

/** Where the config asks for one. */
function openOversight(
  { group, symbols }: ModelFamily,
  { config }: DaemonModelsParts,
  steward: ModelSteward,
  notes: Notes,
  log: Logger,
): ModelOversight | undefined {
  const { oversight: settings, state, mode } = config
  if (!settings) return undefined
  const name = group === undefined ? `${mode}-oversight.json` : `${mode}-oversight-${group}.json`
  return modelOversight({
    ...{ settings, symbols, log, path: join(state.dir, name) },
    onAlarm: (alarm, modelId) => steward.onAlarm(alarm, modelId),
    note: (status) => notes.onOversight(group, status),
  })
}

/** What `status` shows of the models. That it cannot be written is found out by decisions, which matter. */
class Notes {
  readonly #journal: Pick<Journal, 'setMeta'>
  readonly #log: Logger
  readonly #models = new Map<string | undefined, ModelNote>()
  readonly #oversight = new Map<string | undefined, OversightStatus>()
  #isNew = false

  constructor(journal: Pick<Journal, 'setMeta'>, log: Logger) {
    this.#journal = journal
    this.#log = log
  }

  onModel(group: string | undefined, note: ModelNote): void {
    this.#models.set(group, note)
    this.#keep('model', byGroup([...this.#models]))
  }

  /** Written with the others. */
  onOversight(group: string | undefined, status: OversightStatus): void {
    this.#oversight.set(group, status)
    this.#isNew = true
  }

  keepOversight(): void {
    if (!this.#isNew) return
    this.#isNew = false
    this.#keep('oversight', byGroup([...this.#oversight]))
  }

  #keep(key: string, value: unknown): void {
    try {
      this.#journal.setMeta(key, JSON.stringify(value))
    } catch (error) {
      this.#log.warn({ error: messageOf(error) }, 'the models in use are not written down')
    }
  }
}
