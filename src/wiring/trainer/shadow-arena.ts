import { messageOf } from '../../core/errors.ts'
import type { FeatureWindow } from '../../features/feature-row.ts'
import type { Forecaster } from '../../inference/forecaster.ts'
import type { Roster } from '../../model/bundle/model-history.ts'
import type { GateTrials } from '../../training/gate/contender.ts'
import type { GateSettings } from '../../training/gate/gate-settings.ts'
import { judge, type Verdict } from '../../training/gate/judge.ts'
import { looksDue } from '../../training/gate/looks-due.ts'
import { type Earned, fieldOf, type Said } from '../evaluation/contenders.ts'
import type { TradingTerms } from '../evaluation/forecast-trader.ts'
import { type ShadowForecast, ShadowLane } from './shadow-lane.ts'

export interface ArenaParts {
  readonly terms: TradingTerms
  readonly gate: GateSettings
  /** Bars after which a challenger that has not passed is refused. */
  readonly barsMax: number
  /** Version that decides now; undefined: none. Throws when it cannot be read: then nothing changes. */
  champion(): Promise<string | undefined>
  /** Proved and warm. Throws what is wrong with it. */
  load(version: string): Promise<Forecaster>
  /** What the live bars' own simple forecast would have been: without a skill that beats it nothing is promoted. */
  baseline(outcomes: Said['outcomes'], knownAt: readonly number[]): Said
  trials(): GateTrials
  /** Forecasts of models that decide nothing, for the journal. */
  onForecasts?(version: string, forecasts: readonly ShadowForecast[]): void
  onBars?(version: string, bars: number): void
  /** A verdict that is final, with what it was found on: for its page. */
  onVerdict?(found: ShadowVerdict): void
  /** Something is in the way of challengers; told once while it lasts. */
  onProblem?(text: string): void
}

/** What a challenger was judged on; the champion beside it, where there was one. */
export interface ShadowVerdict {
  readonly version: string
  /** Live bars that it was shown. */
  readonly bars: number
  readonly verdict: Verdict
  readonly earned: readonly Earned[]
}

/** A challenger whose time has come. */
export interface Judged {
  readonly version: string
  readonly passed: boolean
  /** What it was measured against; undefined: nothing decided. */
  readonly over: string | undefined
  readonly why: string
  readonly numbers: Readonly<Record<string, number | null>>
}

interface Challenger {
  readonly version: string
  /** Milliseconds since the epoch: bars that begin then or later count. */
  readonly since: number
  readonly lane: ShadowLane
  /** The model that decided when it began, shown the same bars. */
  readonly champion: { readonly version: string; readonly lane: ShadowLane } | undefined
  bars: number
  looks: number
  /** Bars at which the next look may be due. */
  lookAt: number
}

/** Champion and challengers on the same live bars. None of their orders leaves the simulated venue. */
export class ShadowArena {
  readonly #parts: ArenaParts
  readonly #challengers = new Map<string, Challenger>()
  readonly #refused: Judged[] = []
  /** A version that decides and cannot be shown bars here: nothing can be measured against it. */
  #unfit: string | undefined
  #problem = ''

  constructor(parts: ArenaParts) {
    this.#parts = parts
  }

  /**
   * Takes in who is new and leaves out who is gone; a new champion begins all comparisons anew. `decidesSince`: when it came into force,
   * milliseconds since the epoch; what it was shown before may be what it was made from.
   */
  async sync({ challengers }: Pick<Roster, 'challengers'>, decidesSince = Number.NEGATIVE_INFINITY): Promise<void> {
    let champion: string | undefined
    try {
      champion = await this.#parts.champion()
    } catch (error) {
      return this.#tell(`it is not known which model decides: ${messageOf(error)}`)
    }
    for (const [version, held] of this.#challengers) {
      const isIn = challengers.some((one) => one.version === version) && held.champion?.version === champion
      if (!isIn) await this.#drop(held)
    }
    if (champion !== undefined && champion === this.#unfit) return
    this.#unfit = undefined
    for (const { version, since } of challengers) {
      if (this.#challengers.has(version) || this.#refused.some((one) => one.version === version)) continue
      await this.#take(version, Math.max(Date.parse(since), decidesSince), champion)
    }
  }

  /** Bars that closed together. Returns the challengers that were judged on them for the last time, or passed. */
  async step(windows: readonly FeatureWindow[]): Promise<readonly Judged[]> {
    const judged = this.#refused.splice(0)
    for (const held of this.#challengers.values()) {
      const shown = windows.filter(({ row }) => row.bar.startAt >= held.since)
      if (shown.length === 0) continue
      const verdict = await this.#shown(held, shown)
      if (verdict) judged.push(verdict)
    }
    return judged
  }

  async close(): Promise<void> {
    for (const held of this.#challengers.values()) await this.#drop(held)
  }

  async #take(version: string, since: number, champion: string | undefined): Promise<void> {
    if (version === champion) return this.#refuse(version, champion, 'it decides already')
    const against = champion === undefined ? undefined : await this.#rival(champion)
    if (champion !== undefined && !against) return
    try {
      const lane = new ShadowLane(await this.#parts.load(version), this.#parts.terms)
      const held = { version, since, lane, champion: against, bars: 0, looks: 0, lookAt: this.#parts.gate.barsMin }
      this.#challengers.set(version, held)
      if (against && against.lane.forecaster.horizonBars !== lane.forecaster.horizonBars) {
        await this.#drop(held)
        this.#refuse(version, champion, `it looks ahead ${horizons(lane, against.lane)}: they cannot be compared`)
      }
    } catch (error) {
      await closed(against?.lane)
      this.#refuse(version, champion, `it cannot be run: ${messageOf(error)}`)
    }
  }

  /** Undefined: it cannot be run, and challengers wait until another one decides; that is no fault of theirs. */
  async #rival(champion: string): Promise<Challenger['champion']> {
    if (this.#unfit === champion) return undefined
    try {
      return { version: champion, lane: new ShadowLane(await this.#parts.load(champion), this.#parts.terms) }
    } catch (error) {
      this.#unfit = champion
      this.#tell(`challengers wait: ${champion}, which decides, cannot be run in shadow: ${messageOf(error)}`)
      return undefined
    }
  }

  #refuse(version: string, over: string | undefined, why: string): void {
    this.#refused.push({ version, passed: false, over, why, numbers: {} })
  }

  async #drop(held: Challenger): Promise<void> {
    this.#challengers.delete(held.version)
    await closed(held.lane)
    await closed(held.champion?.lane)
  }

  #tell(problem: string): void {
    if (problem === this.#problem) return
    this.#problem = problem
    this.#parts.onProblem?.(problem)
  }

  /** A comparison that breaks off ends that challenger, not the trainer: the same bars would break it again after every restart. */
  async #shown(held: Challenger, windows: readonly FeatureWindow[]): Promise<Judged | undefined> {
    try {
      await this.#show(held, windows)
      return this.#judge(held)
    } catch (error) {
      const why = `after ${held.bars} live bars the comparison broke off: ${messageOf(error)}`
      return { version: held.version, passed: false, over: held.champion?.version, why, numbers: {} }
    }
  }

  async #show(held: Challenger, windows: readonly FeatureWindow[]): Promise<void> {
    const said = await held.lane.step(windows)
    await held.champion?.lane.step(windows)
    held.bars += 1
    this.#parts.onForecasts?.(held.version, said)
    this.#parts.onBars?.(held.version, held.bars)
  }

  #judge(held: Challenger): Judged | undefined {
    const { gate, barsMax, trials, baseline } = this.#parts
    const { version, lane, champion, bars } = held
    const isLast = bars >= barsMax
    if (bars < held.lookAt && !isLast) return undefined
    const candidate = earnedOf(version, lane)
    const field = fieldOf(
      { ...candidate, horizonBars: lane.forecaster.horizonBars, trials: trials() },
      champion && earnedOf(champion.version, champion.lane),
      [baseline(candidate.outcomes, lane.record().knownAt)],
    )
    // Bars without a known outcome, or on which one of them said nothing, are none: a look at too few would be wasted.
    const settled = new Set(field.candidate.endAt).size
    const looks = looksDue(settled, gate)
    held.lookAt = bars + Math.max(1, gate.barsMin * 2 ** looks - settled)
    if (looks <= held.looks && !isLast) return undefined
    held.looks = looks
    const verdict = judge(field.candidate, field.champion, field.baselines, gate)
    const numbers = Object.fromEntries(verdict.checks.map(({ name, value }) => [name, value ?? null]))
    const passed = verdict.outcome === 'pass'
    // Another look, or more bars, may still come.
    if (!passed && !isLast && (looks < gate.looksMax || verdict.outcome === 'not enough data')) return undefined
    const why = `${bars} live bars: ${verdict.summary}`
    const earned = [candidate, ...(champion ? [earnedOf(champion.version, champion.lane)] : [])]
    this.#parts.onVerdict?.({ version, bars, verdict, earned })
    return { version, passed, over: champion?.version, why, numbers }
  }
}

function earnedOf(name: string, lane: ShadowLane): Earned {
  const { outcomes, pnl, pnlAt, tripsAt } = lane.record()
  return { name, outcomes, pnl, pnlAt, tripsAt }
}

const horizons = (one: ShadowLane, other: ShadowLane): string =>
  `${one.forecaster.horizonBars} bars, the model that decides ${other.forecaster.horizonBars}`

/** What it still held is lost with it; that it would not let go of it is no reason to stop. */
const closed = async (lane: ShadowLane | undefined): Promise<void> => {
  await lane?.close().catch(() => undefined)
}
