import type { Clock } from '../../core/clock.port.ts'
import { InputError, messageOf, TransientError } from '../../core/errors.ts'
import type { FeatureEngine } from '../../features/feature-engine.ts'
import type { FeatureWindow } from '../../features/feature-row.ts'
import type { Bar } from '../../market/bar.ts'
import { type HistoryEntry, rosterOf, WHY_MAX } from '../../model/bundle/model-history.ts'
import { retrainDue, type ScheduleSettings } from '../../training/schedule/retrain-due.ts'
import type { FitProgress } from '../fit/fit-progress.ts'
import type { TrainResult } from './job.ts'
import type { JobOutcome } from './job-process.ts'
import type { Judged, ShadowArena } from './shadow-arena.ts'
import type { SidecarEvent } from './sidecar-event.ts'
import type { SidecarState } from './sidecar-state.ts'
import { TrainingSlot } from './training-slot.ts'

/** How often one training is begun when the trainer dies in the middle of it; past it, it has failed. */
const TRIES_MAX = 5

/** Of all families together. */
export interface SidecarStream {
  /** Those of the log, and then those that the daemon goes on writing. Ends when the trainer is to end. */
  readonly bars: AsyncIterable<readonly Bar[]>
  /** Whether the bars have come to those that close now: a training is to learn from the newest. */
  isCaughtUp(): boolean
  /** The live feature engine; sees every bar in order, also those before any challenger. */
  readonly engine: Pick<FeatureEngine, 'step'>
}

/** Of one family. */
export interface SidecarParts {
  readonly symbols: readonly string[]
  readonly schedule: ScheduleSettings
  readonly clock: Pick<Clock, 'now'>
  readonly arena: Pick<ShadowArena, 'sync' | 'step'>
  readonly shadow: { readonly unproven: boolean; readonly challengersMax: number }
  train(until: number, because: string, onProgress: (progress: FitProgress) => void): Promise<JobOutcome>
  history(): Promise<readonly HistoryEntry[]>
  append(entry: HistoryEntry): Promise<void>
  /**
   * Makes it the current one in place of `over`, and writes that down. False, and nothing is changed: another one decides by now. Throws
   * `InputError` when it must not be.
   */
  promote(judged: Judged): Promise<boolean>
  state: SidecarState
  save(state: SidecarState): Promise<void>
  tell(event: SidecarEvent): void
}

/**
 * Runs until the bars end: trains when it is due, one family at a time, shows live bars to challengers, promotes and refuses. One step after
 * another.
 */
export async function runSidecars(stream: SidecarStream, families: readonly SidecarParts[]): Promise<void> {
  const slot = new TrainingSlot()
  const sidecars = families.map((parts) => new Sidecar(parts, slot))
  for (const one of sidecars) await one.resume()
  for await (const bars of stream.bars) {
    const windows = stream.engine.step(bars)
    for (const one of sidecars) await one.step(bars, windows, stream)
  }
  for (const one of sidecars) await one.end()
}

/** A training that is over and not settled yet. */
interface Ended {
  readonly outcome: JobOutcome
  readonly because: string
  readonly until: number
}

class Sidecar {
  readonly #parts: SidecarParts
  readonly #slot: TrainingSlot
  readonly #bars = new Map<string, number>()
  /** Bars of each instrument behind `trainedUntil`. */
  readonly #since = new Map<string, number>()
  /** End of the newest bar, exchange clock. */
  #newestAt = 0
  #state: SidecarState
  /** A training in a process of its own; settled between two bars. */
  #training: Promise<void> | undefined
  #ended: Ended | undefined
  /** A crash cut a training short that has not been begun again yet. */
  #isCut: boolean

  constructor(parts: SidecarParts, slot: TrainingSlot) {
    this.#parts = parts
    this.#slot = slot
    this.#state = parts.state
    this.#isCut = parts.state.underWay !== undefined
  }

  /** What a crash cut short goes on, before any bar comes; a training by which the trainer dies again and again is given up. */
  async resume(): Promise<void> {
    const { underWay } = this.#state
    if (!this.#isCut || !underWay) return
    const { until, because, tries } = underWay
    if (tries < TRIES_MAX && !this.#slot.take(this)) return
    this.#isCut = false
    if (tries >= TRIES_MAX) {
      const why = `the trainer ended ${tries} times in the middle of it`
      return await this.#settle({ outcome: { kind: 'failed', why }, because, until })
    }
    await this.#keep({ ...this.#state, underWay: { until, because, tries: tries + 1 } })
    this.#begin(until, because)
  }

  /** Bars that closed together and their windows, of all families. */
  async step(
    all: readonly Bar[],
    windows: readonly FeatureWindow[],
    { isCaughtUp }: Pick<SidecarStream, 'isCaughtUp'>,
  ): Promise<void> {
    const { symbols } = this.#parts
    const bars = all.filter(({ symbol }) => symbols.includes(symbol))
    // Others' bars bring news all the same: a training that has ended, or that is this family's turn.
    if (bars.length === 0 && !this.#ended && !this.#slot.isWaiting(this)) return
    this.#count(bars)
    if (bars.length > 0) await this.#shadow(windows.filter(({ row }) => symbols.includes(row.bar.symbol)))
    if (this.#ended) await this.#settle(this.#ended)
    if (this.#training) return
    if (this.#isCut) await this.resume()
    else if (isCaughtUp()) await this.#trainIfDue()
  }

  async end(): Promise<void> {
    await this.#training
    if (this.#ended) await this.#settle(this.#ended)
  }

  #count(bars: readonly Bar[]): void {
    const { trainedUntil = Number.NEGATIVE_INFINITY } = this.#state
    for (const { symbol, endAt } of bars) {
      this.#newestAt = Math.max(this.#newestAt, endAt)
      this.#bars.set(symbol, (this.#bars.get(symbol) ?? 0) + 1)
      if (endAt > trainedUntil) this.#since.set(symbol, (this.#since.get(symbol) ?? 0) + 1)
    }
  }

  /** Of the instrument that has fewest. */
  #fewest(counts: ReadonlyMap<string, number>): number {
    return Math.min(...this.#parts.symbols.map((symbol) => counts.get(symbol) ?? 0))
  }

  async #trainIfDue(): Promise<void> {
    const { clock, schedule } = this.#parts
    const now = clock.now()
    // The clock was put back: the rest begins anew, else it would last until the old time comes again.
    if ((this.#state.trainedAt ?? now) > now) await this.#keep({ ...this.#state, trainedAt: now })
    const { trainedAt, failures, asked } = this.#state
    const requests = schedule.onDrift ? await this.#requests() : []
    const because = retrainDue(
      {
        ...{ bars: this.#fewest(this.#bars), barsSince: this.#fewest(this.#since) },
        ...{ now, trainedAt, failures, request: requests.length > asked ? requests.at(-1)!.why : undefined },
      },
      schedule,
    )
    if (because === undefined) return this.#slot.leave(this)
    if (!this.#slot.take(this)) return
    const until = this.#newestAt
    this.#since.clear()
    const underWay = { until, because, tries: 1 }
    await this.#keep({ ...this.#state, trainedUntil: until, asked: requests.length, underWay })
    this.#begin(until, because)
  }

  /** What the daemon has ever asked for, oldest first. */
  async #requests(): Promise<readonly HistoryEntry[]> {
    return (await this.#parts.history()).filter(({ action }) => action === 'request')
  }

  #begin(until: number, because: string): void {
    const { tell, train } = this.#parts
    tell({ kind: 'training', text: `training begins: ${because}` })
    this.#training = train(until, because, (progress) => tell({ ...progress, kind: 'progress' }))
      .catch((error: unknown): JobOutcome => ({ kind: 'failed', why: messageOf(error) }))
      .then((outcome) => {
        this.#ended = { outcome, because, until }
        this.#training = undefined
        this.#slot.leave(this)
      })
  }

  async #settle({ outcome, because, until }: Ended): Promise<void> {
    this.#ended = undefined
    const { tell, clock } = this.#parts
    const { underWay: _, ...state } = this.#state
    if (outcome.kind === 'failed') {
      // Stopped with us: it goes on when we do, and nothing has failed.
      if (outcome.why === 'stopped') return await this.#keep({ ...state, underWay: { until, because, tries: 1 } })
      tell({ kind: 'failed', text: `the training came to nothing, the next one is tried later: ${outcome.why}` })
      return await this.#keep({ ...state, trainedAt: clock.now(), failures: state.failures + 1 })
    }
    if (outcome.kind === 'refused') tell({ kind: 'failed', text: `no model was made: ${outcome.why}` })
    else await this.#judged(outcome.result as TrainResult, because, until)
    await this.#keep({ ...state, trainedAt: clock.now(), failures: 0 })
  }

  /** Each step may be the last before a crash: what is written down already is not written again. */
  async #judged(result: TrainResult, because: string, until: number): Promise<void> {
    const { version, outcome, summary, numbers } = result
    const { shadow, tell } = this.#parts
    const entries = await this.#parts.history()
    const known = rosterOf(entries)
    const made = entries.findLastIndex((one) => one.action === 'train' && one.version === version)
    if (made < 0) await this.#note('train', version, `${because}. ${summary}`, numbers)
    tell({ kind: 'trained', version, numbers, text: `${version}: ${summary}` })
    const isSettled = entries.slice(made + 1).some((one) => one.version === version && one.action !== 'request')
    if (made >= 0 && isSettled)
      return tell({ kind: 'shadow', version, text: `${version} was made before, and nothing is new about it` })
    const isKnown = known.retired.has(version) || known.champions.includes(version)
    const mayTry = outcome === 'pass' || (outcome === 'not enough data' && shadow.unproven)
    if (isKnown || !mayTry)
      return await this.#refuse(version, isKnown ? 'it has decided before, or is retired' : summary)
    await this.#challenge(version, known.challengers, outcome === 'pass', until)
  }

  async #challenge(
    version: string,
    challengers: readonly { readonly version: string }[],
    hasPassed: boolean,
    until: number,
  ): Promise<void> {
    const { shadow, tell } = this.#parts
    const tooMany = Math.max(0, challengers.length + 1 - shadow.challengersMax)
    for (const { version: oldest } of challengers.slice(0, tooMany)) {
      await this.#refuse(oldest, 'it makes way for a younger challenger')
    }
    const why = hasPassed ? 'it passed the gate' : 'it must prove on live bars what the test bars were too few for'
    // By the clock of the bars: the local one may be behind, and bars that it was trained or judged on prove nothing.
    await this.#note('challenge', version, why, undefined, Math.max(until, this.#newestAt))
    tell({ kind: 'challenge', version, text: `${version} runs in shadow from now on: ${why}` })
  }

  async #refuse(version: string, why: string, numbers?: HistoryEntry['numbers']): Promise<void> {
    await this.#note('refuse', version, why, numbers)
    this.#parts.tell({
      kind: 'refuse',
      version,
      ...(numbers && { numbers }),
      text: `${version} does not come into force: ${why}`,
    })
  }

  /** Live bars meet champion and challengers; those whose time has come are judged. */
  async #shadow(windows: readonly FeatureWindow[]): Promise<void> {
    await this.#sync()
    const judged = await this.#parts.arena.step(windows)
    for (const one of judged) if (!one.passed) await this.#refuse(one.version, one.why, one.numbers)
    // Of several that pass at once, the oldest: the others have to beat that one first.
    const [best] = judged.filter(({ passed }) => passed)
    if (best) await this.#promote(best)
  }

  async #promote(judged: Judged): Promise<void> {
    const { version, why, numbers } = judged
    const { promote, tell } = this.#parts
    try {
      if (await promote(judged))
        tell({ kind: 'promote', version, numbers, text: `${version} decides from now on: ${why}` })
    } catch (error) {
      // Somebody else is at the family: it stays a challenger, and may pass again at its next look.
      if (error instanceof TransientError) return tell({ kind: 'problem', text: `${version} waits: ${error.message}` })
      if (!(error instanceof InputError)) throw error
      await this.#refuse(version, `it passed, and cannot take over: ${error.message}`, numbers)
    }
  }

  /** The roster may have been changed by hand or by the daemon, too. */
  async #sync(): Promise<void> {
    const entries = await this.#parts.history()
    const last = entries.findLast(({ action }) => action === 'promote' || action === 'rollback')
    await this.#parts.arena.sync(rosterOf(entries), last ? Date.parse(last.at) : Number.NEGATIVE_INFINITY)
  }

  /** `at`: by default now, milliseconds since the epoch. */
  async #note(
    action: HistoryEntry['action'],
    version: string,
    why: string,
    numbers?: HistoryEntry['numbers'],
    at: number = this.#parts.clock.now(),
  ): Promise<void> {
    await this.#parts.append({
      at: new Date(at).toISOString(),
      ...{ who: 'trainer', action, version, why: why.slice(0, WHY_MAX) },
      ...(numbers && { numbers }),
    })
  }

  async #keep(state: SidecarState): Promise<void> {
    this.#state = state
    await this.#parts.save(state)
  }
}
