import { check } from '../../core/check.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { FeatureWindow } from '../../features/feature-row.ts'
import type { Reference } from '../../model/bundle/reference-schema.ts'
import { AdaptiveInterval } from '../calibration/adaptive-interval.ts'
import { conformalScore } from '../calibration/conformal-quantile.ts'
import { type LevelPair, levelPairs } from '../calibration/level-pairs.ts'
import { type Adjustment, type Forecast, isForecast, type NoForecast, type OversightAbstention } from '../forecast.ts'
import { applyAdjustment } from './adjustment.ts'
import { Causes, type OversightAlarm } from './causes.ts'
import { finiteThreshold, type IssuedThreshold, narrowness, shiftsOf } from './conformal-shift.ts'
import { InputWatch } from './input-watch.ts'
import { judgeScores } from './judge-scores.ts'
import { LiveScores } from './live-scores.ts'
import { type Outcome, OutcomeTrack } from './outcome-track.ts'
import type { OversightSettings } from './oversight-settings.ts'
import { type OversightState, restoredState } from './oversight-state.ts'
import { type OversightStatus, statusOf } from './oversight-status.ts'

export interface OversightParts {
  readonly settings: OversightSettings
  /** Of the model's bundle; undefined: its inputs are not watched. */
  readonly reference: Reference | undefined
  readonly modelId: string
  readonly horizonBars: number
  /** Quantile levels of its forecasts, ascending. */
  readonly levels: readonly number[]
  /** Half width of the flat class, basis points. */
  readonly thresholdBps: number
  readonly symbols: readonly InstrumentSymbol[]
  /** In the schema's order, for people. */
  readonly featureNames: readonly string[]
  /** From before a restart, as it was read. That of another model, or under other settings, is left aside. */
  readonly state?: unknown
}

/** A closed bar, and what the model said at it before adjustment; undefined: it was not asked. */
export interface Watched {
  readonly window: FeatureWindow
  readonly forecast: Forecast | NoForecast | undefined
}

/** Watches one running model. A function of its steps alone: a replay comes to the same, bit for bit. */
export interface Oversight {
  /**
   * Bars that closed together, tainted and not-ready ones included. First books outcomes that became known, then says how these forecasts
   * are to be taken. A bar that is tainted, not ready or without a forecast counts for nothing.
   */
  step(closed: readonly Watched[]): Readonly<Record<InstrumentSymbol, Adjustment>>
  /** What the last step found, each once per cause until the cause is over. */
  readonly alarms: readonly OversightAlarm[]
  state(): OversightState
  status(): OversightStatus
}

/** Throws `InputError` for a state that is damaged. */
export const createOversight = (parts: OversightParts): Oversight => new LiveOversight(parts)

class LiveOversight implements Oversight {
  readonly #parts: OversightParts
  readonly #key: string
  readonly #pairs: readonly LevelPair[]
  readonly #tracks: ReadonlyMap<InstrumentSymbol, OutcomeTrack>
  readonly #intervals: readonly AdaptiveInterval[]
  readonly #scores: LiveScores
  readonly #inputs: InputWatch | undefined
  readonly #causes: Causes
  #bars: number

  constructor(parts: OversightParts) {
    const { settings, reference, symbols, levels, horizonBars } = parts
    this.#parts = parts
    this.#key = keyOf(parts)
    this.#pairs = levelPairs(levels)
    const shape = { ...parts, key: this.#key, levels: levels.length, pairs: this.#pairs.length }
    const saved = parts.state === undefined ? undefined : restoredState(parts.state, shape)
    this.#tracks = new Map(
      symbols.map((symbol) => [symbol, new OutcomeTrack(horizonBars, settings.loss.decay, saved?.tracks[symbol])]),
    )
    this.#intervals = this.#pairs.map(
      ({ miss }, i) => new AdaptiveInterval({ ...settings.conformal, miss }, saved?.intervals[i]),
    )
    this.#scores = new LiveScores({ ...parts, pairs: this.#pairs }, saved?.scores)
    this.#inputs = reference && new InputWatch(reference, settings, saved?.inputs ?? undefined)
    const { inputs, outliers, coverage, loss, change } = settings
    this.#causes = new Causes(
      {
        inputs: inputs.does,
        // What else they ask for holds for their own bar.
        outliers: outliers.does.filter((action) => action === 'retrain'),
        coverage: coverage.does,
        loss: loss.does,
        change: change.does,
      },
      saved?.holding,
    )
    this.#bars = saved?.bars ?? 0
  }

  get alarms(): readonly OversightAlarm[] {
    return this.#causes.alarms
  }

  step(closed: readonly Watched[]): Readonly<Record<InstrumentSymbol, Adjustment>> {
    this.#causes.begin()
    this.#bars += closed.length
    const known = closed.flatMap(({ window }) => this.#trackOf(window).close(window.row.bar) ?? [])
    if (known.length > 0) this.#book(known)
    const usable = closed.filter(({ window }) => isUsable(window))
    const outlying = new Set(usable.filter(({ window }) => this.#inputs?.push(window.row.values)))
    this.#inputs?.judge(this.#causes)
    const thresholds = this.#intervals.map((interval) => finiteThreshold(interval))
    return Object.fromEntries(
      closed.map((one) => [one.window.row.bar.symbol, this.#take(one, outlying.has(one), thresholds)]),
    )
  }

  state(): OversightState {
    return {
      key: this.#key,
      bars: this.#bars,
      holding: this.#causes.holding,
      tracks: Object.fromEntries([...this.#tracks].map(([symbol, track]) => [symbol, track.save()])),
      intervals: this.#intervals.map((interval) => interval.save()),
      scores: this.#scores.save(),
      inputs: this.#inputs?.save() ?? null,
    }
  }

  status(): OversightStatus {
    return statusOf({
      ...this.#parts,
      bars: this.#bars,
      pairs: this.#pairs,
      intervals: this.#intervals,
      scores: this.#scores,
      inputs: this.#inputs,
      holding: this.#causes.holding,
    })
  }

  #trackOf({ row }: FeatureWindow): OutcomeTrack {
    const track = this.#tracks.get(row.bar.symbol)
    return check(track !== undefined, 'instrument under oversight', track)!
  }

  #book(known: readonly Outcome[]): void {
    this.#pairs.forEach(({ low, high }, i) => {
      this.#intervals[i]!.book(
        known.map(({ actualBps, quantilesBps, volatilityBps, thresholds }) => ({
          score: conformalScore(actualBps, quantilesBps[low]!, quantilesBps[high]!) / volatilityBps,
          issued: thresholds[i] ?? undefined,
        })),
      )
    })
    this.#scores.book(known)
    judgeScores(this.#scores, this.#causes, { ...this.#parts, pairs: this.#pairs })
  }

  /** How one forecast is to be taken; it goes on its way to its outcome. */
  #take(
    { window, forecast }: Watched,
    isOutlier: boolean,
    thresholds: readonly (IssuedThreshold | undefined)[],
  ): Adjustment {
    const { settings } = this.#parts
    const abstain = this.#abstention(isOutlier)
    const shrinks =
      this.#causes.asking('shrink') !== undefined || (isOutlier && settings.outliers.does.includes('shrink'))
    const base = { sizeFactor: shrinks ? settings.shrinkFactor : 1, ...(abstain && { abstain }) }
    if (!isUsable(window) || !forecast || !isForecast(forecast)) return base
    const shifts = settings.conformal.enabled ? shiftsOf(forecast, this.#pairs, thresholds) : undefined
    const adjustment = shifts ? { ...base, quantileShiftsBps: shifts } : base
    const issued = applyAdjustment(forecast, adjustment)
    const { quantilesBps, classes, volatilityBps } = forecast
    this.#trackOf(window).say({
      quantilesBps,
      issuedBps: issued.quantilesBps,
      classes,
      volatilityBps,
      thresholds: thresholds.map((threshold) => threshold?.judged ?? null),
    })
    if (!settings.conformal.shrink) return adjustment
    return { ...adjustment, sizeFactor: adjustment.sizeFactor * narrowness(forecast, issued, this.#pairs[0]) }
  }

  #abstention(isOutlier: boolean): OversightAbstention | undefined {
    if (isOutlier && this.#parts.settings.outliers.does.includes('abstain')) return 'outlier'
    const cause = this.#causes.asking('abstain')
    return cause && (cause === 'inputs' ? 'drift' : 'calibration')
  }
}

const keyOf = ({ settings, reference, modelId, horizonBars, levels, thresholdBps, symbols }: OversightParts): string =>
  JSON.stringify({ modelId, horizonBars, levels, thresholdBps, symbols, settings, isReferred: reference !== undefined })

const isUsable = ({ ready, row }: FeatureWindow): boolean => ready && row.ready && row.bar.taints.length === 0
