import { normalQuantile } from '../../model/heads/normal-quantile.ts'
import type { LevelPair } from '../calibration/level-pairs.ts'
import { PageHinkley, type PageHinkleyState } from '../drift/page-hinkley.ts'
import { RollingMean, type RollingMeanState } from '../drift/rolling-mean.ts'
import type { Outcome } from './outcome-track.ts'
import type { OversightSettings } from './oversight-settings.ts'

export interface LiveScoresParts {
  readonly settings: OversightSettings
  readonly levels: readonly number[]
  readonly pairs: readonly LevelPair[]
  /** Half width of the flat class, basis points. */
  readonly thresholdBps: number
}

/** Plain JSON. */
export interface LiveScoresState {
  readonly modelLoss: RollingMeanState
  readonly baselineLoss: RollingMeanState
  readonly brier: RollingMeanState
  readonly stated: readonly RollingMeanState[]
  readonly issued: readonly RollingMeanState[]
  readonly change: PageHinkleyState
  readonly changeBarsLeft: number
}

/**
 * CRPS by the quantiles alone, basis points: 2 × the mean pinball loss over `levels` (Gneiting and Raftery 2007: CRPS is twice its integral
 * over all levels). Comparable between forecasts of the same levels only.
 */
export function quantileCrps(levels: readonly number[], quantilesBps: readonly number[], actualBps: number): number {
  let sum = 0
  for (const [i, level] of levels.entries()) {
    const beyond = actualBps - quantilesBps[i]!
    sum += Math.max(level * beyond, (level - 1) * beyond)
  }
  return (2 * sum) / levels.length
}

/**
 * How the model fares on the outcomes that became known: its loss beside the baseline's on the same bars, coverage of its intervals as
 * stated and as issued, Brier score of its classes. Outcomes that become known together count as one, their mean: instruments move together.
 */
export class LiveScores {
  readonly #parts: LiveScoresParts
  readonly #gaussian: readonly number[]
  readonly modelLoss: RollingMean
  readonly baselineLoss: RollingMean
  readonly brier: RollingMean
  /** By interval: coverage as the model stated it, and as it was adjusted. */
  readonly stated: readonly RollingMean[]
  readonly issued: readonly RollingMean[]
  readonly #change: PageHinkley
  #changeBarsLeft: number

  constructor(parts: LiveScoresParts, saved?: LiveScoresState) {
    const { settings, levels, pairs } = parts
    const { loss, coverage, change } = settings
    this.#parts = parts
    this.#gaussian = levels.map(normalQuantile)
    this.modelLoss = new RollingMean(loss.windowBars, saved?.modelLoss)
    this.baselineLoss = new RollingMean(loss.windowBars, saved?.baselineLoss)
    this.brier = new RollingMean(loss.windowBars, saved?.brier)
    this.stated = pairs.map((_, i) => new RollingMean(coverage.windowBars, saved?.stated[i]))
    this.issued = pairs.map((_, i) => new RollingMean(coverage.windowBars, saved?.issued[i]))
    this.#change = new PageHinkley(change, saved?.change)
    this.#changeBarsLeft = saved?.changeBarsLeft ?? 0
  }

  /** Mean loss of the model ÷ that of the baseline, over the window; NaN before the first. */
  get lossRatio(): number {
    return this.modelLoss.mean / this.baselineLoss.mean
  }

  /** The test for a rise of the loss fired not long ago. */
  get hasChanged(): boolean {
    return this.#changeBarsLeft > 0
  }

  get pageHinkley(): PageHinkleyState {
    return this.#change.save()
  }

  /** Outcomes that became known with one step, not empty. */
  book(known: readonly Outcome[]): void {
    const { pairs } = this.#parts
    for (const [i, { low, high }] of pairs.entries()) {
      const within = (quantilesOf: (one: Outcome) => readonly number[]): number =>
        meanOf(known, (one) => {
          const quantiles = quantilesOf(one)
          return one.actualBps >= quantiles[low]! && one.actualBps <= quantiles[high]! ? 1 : 0
        })
      this.stated[i]!.push(within(({ quantilesBps }) => quantilesBps))
      this.issued[i]!.push(within(({ issuedBps }) => issuedBps))
    }
    this.brier.push(meanOf(known, (one) => this.#brierOf(one)))
    this.#bookLosses(known.filter(({ baselineBps }) => baselineBps !== null))
  }

  save(): LiveScoresState {
    return {
      modelLoss: this.modelLoss.save(),
      baselineLoss: this.baselineLoss.save(),
      brier: this.brier.save(),
      stated: this.stated.map((mean) => mean.save()),
      issued: this.issued.map((mean) => mean.save()),
      change: this.#change.save(),
      changeBarsLeft: this.#changeBarsLeft,
    }
  }

  #bookLosses(known: readonly Outcome[]): void {
    if (known.length === 0) return
    const { levels, settings } = this.#parts
    const model = meanOf(known, ({ quantilesBps, actualBps }) => quantileCrps(levels, quantilesBps, actualBps))
    const baseline = meanOf(known, ({ baselineBps, actualBps }) => {
      const quantiles = this.#gaussian.map((z) => z * baselineBps!)
      return quantileCrps(levels, quantiles, actualBps)
    })
    this.modelLoss.push(model)
    this.baselineLoss.push(baseline)
    this.#changeBarsLeft = Math.max(0, this.#changeBarsLeft - 1)
    if (!(this.baselineLoss.mean > 0)) return
    // In units of the baseline's loss: a market that moves more raises both.
    if (this.#change.push((model - baseline) / this.baselineLoss.mean)) this.#changeBarsLeft = settings.change.holdBars
  }

  #brierOf({ classes, actualBps }: Outcome): number {
    const { thresholdBps } = this.#parts
    const came = actualBps > thresholdBps ? 2 : actualBps < -thresholdBps ? 0 : 1
    return classes.reduce((sum, p, k) => sum + (p - (k === came ? 1 : 0)) ** 2, 0)
  }
}

function meanOf<T>(items: readonly T[], term: (item: T) => number): number {
  return items.reduce((sum, item) => sum + term(item), 0) / items.length
}
