import type { Logger } from 'pino'
import type { Alert } from '../../core/alert.ts'
import type { Clock } from '../../core/clock.port.ts'
import { messageOf } from '../../core/errors.ts'
import type { Scheduler } from '../../core/scheduler.port.ts'
import type { ModelService } from '../../inference/model-service.ts'
import type { OversightAlarm } from '../../inference/oversight/causes.ts'
import { type HistoryEntry, WHY_MAX } from '../../model/bundle/model-history.ts'
import { makeAlert } from '../alerts/make-alert.ts'
import { changeChampion, finishChange, versionBefore } from '../models/change-champion.ts'
import { currentOrNone } from '../models/find-model.ts'
import { appendHistory, historyReader, readHistory } from '../models/history.ts'

/** How often the history is looked at, milliseconds. */
const WATCH_MS = 1_000
/** Between two tries of what failed, milliseconds; past so many of them, more are forgotten. */
const RETRY_MS = 60_000
const OWED_MAX = 16
/** Until the same model may be asked to be replaced again while no training has ended, milliseconds: a cause may come and go. */
const ASK_MS = 600_000
/** Who changes models without a person; what they did may be undone without one. */
const MACHINES: ReadonlySet<string> = new Set(['trainer', 'daemon'])

export interface ModelStewardParts {
  readonly familyFolder: string
  readonly service: Pick<ModelService, 'offer' | 'inForce'>
  readonly clock: Pick<Clock, 'now'>
  readonly scheduler: Scheduler
  readonly log: Logger
  raise(alert: Alert): void
}

/** What happened to the family while the daemon ran. */
export interface StewardCounts {
  readonly retrainings: number
  readonly promotions: number
}

/** Keeps the family in order: tells what the trainer does, asks it for another model, and rolls back one that breaks its bounds. */
export interface ModelSteward {
  /** Behind the decision that is being taken. */
  onAlarm(alarm: OversightAlarm, modelId: string): void
  /** The daemon would not take `version`. What the trainer promoted goes back to the model in force; what a person did stays. */
  onRefused(version: string, cause: string): void
  /** Of the entries since `start`. */
  counts(): Promise<StewardCounts>
  stop(): void
}

/** Tells what is written down from now on. */
export async function modelSteward(parts: ModelStewardParts): Promise<ModelSteward> {
  const steward = new Steward(parts)
  await steward.begin()
  return steward
}

class Steward implements ModelSteward {
  readonly #parts: ModelStewardParts
  readonly #ended = new AbortController()
  readonly #read: () => Promise<readonly HistoryEntry[]>
  /** Entries that were there at the start, and those that have been told. */
  #first: number | undefined
  #told = 0
  #problem = ''
  /** One after another. */
  #acts: Promise<void> = Promise.resolve()
  /** What failed is tried again: each act looks first whether it is still wanted. */
  #owed: (() => Promise<void>)[] = []
  #triedAt = 0

  constructor(parts: ModelStewardParts) {
    this.#parts = parts
    this.#read = historyReader(parts.familyFolder)
  }

  async begin(): Promise<void> {
    await this.#entries()
    this.#queue(async () => {
      const { familyFolder, service } = this.#parts
      const finished = await finishChange(familyFolder)
      if (finished !== undefined) await service.offer(finished)
    })
    void this.#watch()
  }

  onAlarm(alarm: OversightAlarm, modelId: string): void {
    this.#queue(() => this.#act(alarm, modelId))
  }

  onRefused(version: string, cause: string): void {
    this.#queue(() => this.#undo(version, cause))
  }

  async counts(): Promise<StewardCounts> {
    await this.#acts
    await this.#tell()
    const since = ((await this.#entries()) ?? []).slice(this.#first)
    const count = (action: HistoryEntry['action']): number => since.filter((one) => one.action === action).length
    return { retrainings: count('train'), promotions: count('promote') }
  }

  stop(): void {
    this.#ended.abort()
  }

  async #watch(): Promise<void> {
    const { scheduler } = this.#parts
    while (!this.#ended.signal.aborted) {
      await this.#tell()
      this.#retry()
      await scheduler.sleep(WATCH_MS, this.#ended.signal)
    }
  }

  #retry(): void {
    const now = this.#parts.clock.now()
    if (this.#owed.length === 0 || now - this.#triedAt < RETRY_MS) return
    this.#triedAt = now
    for (const act of this.#owed.splice(0)) this.#queue(act)
  }

  /** Never rejects. */
  #queue(act: () => Promise<void>): void {
    this.#acts = this.#acts.then(act).catch((error: unknown) => {
      this.#failed(error)
      if (this.#owed.length < OWED_MAX) this.#owed.push(act)
    })
  }

  /** Undefined: it cannot be read now. What the first reading finds was there before. */
  async #entries(): Promise<readonly HistoryEntry[] | undefined> {
    try {
      const entries = await this.#read()
      if (this.#first === undefined) this.#first = this.#told = entries.length
      return entries
    } catch (error) {
      this.#failed(error)
      return undefined
    }
  }

  async #tell(): Promise<void> {
    const entries = (await this.#entries()) ?? []
    for (const [index, { at, who, action, version, why }] of entries.entries()) {
      if (index < this.#told) continue
      this.#told = index + 1
      const text = `${who}: ${action} ${version}: ${why}`
      this.#say(action === 'rollback' ? 'warning' : 'info', `model-history:${action}:${version}:${at}`, text)
    }
  }

  async #act({ kind, cause, numbers }: OversightAlarm, modelId: string): Promise<void> {
    const { clock, service } = this.#parts
    const found = Object.entries(numbers)
      .map(([name, value]) => `${name} ${value.toPrecision(4)}`)
      .join(', ')
    const why = `${cause}: ${found}`
    const at = new Date(clock.now()).toISOString()
    if (kind === 'drift') return this.#say('warning', `model-drift:${modelId}:${cause}:${at}`, `${modelId}: ${why}`)
    if (kind === 'retrain') return await this.#ask(versionOf(modelId), why, numbers)
    // Another one decides by now, or is on its way.
    if (service.inForce.forecaster.modelId !== modelId || !(await this.#isCurrent(versionOf(modelId)))) return
    await this.#rollBack(await versionBefore(this.#parts.familyFolder), why, numbers)
  }

  async #ask(version: string, why: string, numbers: OversightAlarm['numbers']): Promise<void> {
    const { familyFolder, clock } = this.#parts
    const now = clock.now()
    const last = (await readHistory(familyFolder)).findLast(({ action }) => action === 'request' || action === 'train')
    const isAsked = last?.action === 'request' && last.version === version
    if (isAsked && Math.abs(now - Date.parse(last.at)) < ASK_MS) return
    const at = new Date(now).toISOString()
    await appendHistory(familyFolder, {
      ...{ at, who: 'daemon', action: 'request', version, why },
      numbers: { ...numbers },
    })
  }

  async #undo(version: string, cause: string): Promise<void> {
    const { familyFolder, service } = this.#parts
    const last = (await readHistory(familyFolder)).findLast(
      ({ action }) => action === 'promote' || action === 'rollback',
    )
    if (last?.version !== version || !MACHINES.has(last.who) || !(await this.#isCurrent(version))) return
    // The way back led nowhere: the one in force has failed before, so it leads further back.
    const isWayBack = last.action === 'rollback'
    const back = isWayBack ? await versionBefore(familyFolder) : versionOf(service.inForce.forecaster.modelId)
    await this.#rollBack(back, `the daemon refuses ${version}: ${cause}`.slice(0, WHY_MAX), {})
  }

  async #isCurrent(version: string): Promise<boolean> {
    return (await currentOrNone(this.#parts.familyFolder)) === version
  }

  async #rollBack(version: string, why: string, numbers: OversightAlarm['numbers']): Promise<void> {
    const { familyFolder, clock, service } = this.#parts
    const at = new Date(clock.now()).toISOString()
    const entry = { at, who: 'daemon', action: 'rollback', why, numbers: { ...numbers } } as const
    await changeChampion({ familyFolder, version, ...entry })
    await service.offer(version)
  }

  /** Told once while it lasts. */
  #failed(error: unknown): void {
    const problem = messageOf(error)
    if (problem === this.#problem) return
    this.#problem = problem
    this.#parts.log.warn({ error: problem }, 'the models of the family')
    this.#say('warning', `model-family:${problem}:${this.#parts.clock.now()}`, `models: ${problem}`)
  }

  #say(severity: Alert['severity'], id: string, text: string): void {
    const { raise, clock, log } = this.#parts
    log[severity === 'info' ? 'info' : 'warn'](text)
    try {
      raise(makeAlert(clock.now(), 'model', severity, id, text))
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'an alert about models is not kept')
    }
  }
}

const versionOf = (modelId: string): string => modelId.split('/').at(-1) ?? modelId
