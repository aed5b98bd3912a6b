import { conformalQuantile } from './conformal-quantile.ts'
import { ScoreBuffer } from './score-buffer.ts'

export interface AdaptiveIntervalSettings {
  /** Share of outcomes that should miss the interval, above 0 to below 1: α. */
  readonly miss: number
  /** How far one miss moves α_t: γ, above 0. */
  readonly step: number
  /** Scores kept; older ones are forgotten. */
  readonly scoresMax: number
  /** Known scores from which on it says anything. */
  readonly scoresMin: number
}

/** Plain JSON. */
export interface AdaptiveIntervalState {
  readonly alpha: number
  readonly steps: number
  readonly misses: number
  readonly scores: readonly number[]
}

/**
 * Adaptive conformal inference (Gibbs and Candès 2021): α_{t+1} = α_t + γ(α − err_t), where err_t says whether the score that came
 * exceeds the threshold that was issued, the 1 − α_t quantile of past scores. α_t ≤ 0: every score is within (threshold Infinity), α_t ≥ 1:
 * none is (−Infinity). So for any outcomes |mean of err − α| ≤ (max(α₁, 1 − α₁) + γ) / (γT) (Prop. 4.1), when each outcome is known before
 * the next threshold is issued. Where d more are issued meanwhile α_t may leave [−γ, 1 + γ] by dγ, and the bound gains d / T.
 */
export class AdaptiveInterval {
  readonly #settings: AdaptiveIntervalSettings
  readonly #scores: ScoreBuffer
  #alpha: number
  #steps: number
  #misses: number

  constructor(settings: AdaptiveIntervalSettings, saved?: AdaptiveIntervalState) {
    this.#settings = settings
    this.#alpha = saved?.alpha ?? settings.miss
    this.#steps = saved?.steps ?? 0
    this.#misses = saved?.misses ?? 0
    this.#scores = new ScoreBuffer(settings.scoresMax, saved?.scores)
  }

  get alpha(): number {
    return this.#alpha
  }

  /** Mean of err_t over all steps; NaN before the first. */
  get missRate(): number {
    return this.#misses / this.#steps
  }

  /** Greatest past score; what an unbounded threshold comes to where something finite is wanted. NaN before the first. */
  get scoreMax(): number {
    return this.#scores.sorted.at(-1) ?? Number.NaN
  }

  get scoreMin(): number {
    return this.#scores.sorted[0] ?? Number.NaN
  }

  /** For the next outcomes, in the unit of the scores; undefined: too few scores are known. */
  threshold(): number | undefined {
    const { sorted } = this.#scores
    if (sorted.length < this.#settings.scoresMin) return undefined
    if (this.#alpha <= 0) return Number.POSITIVE_INFINITY
    return this.#alpha >= 1 ? Number.NEGATIVE_INFINITY : conformalQuantile(sorted, this.#alpha)
  }

  /**
   * Outcomes that became known together; err_t is the mean over those for which a threshold was issued. One step, however many they are:
   * instruments move together, and a hundred of them must not drive α_t a hundred times as far.
   */
  book(known: readonly { readonly score: number; readonly issued: number | undefined }[]): void {
    const judged = known.flatMap(({ score, issued }) => (issued === undefined ? [] : [score > issued ? 1 : 0]))
    for (const { score } of known) this.#scores.push(score)
    if (judged.length === 0) return
    const err = judged.reduce<number>((sum, one) => sum + one, 0) / judged.length
    this.#alpha += this.#settings.step * (this.#settings.miss - err)
    this.#steps += 1
    this.#misses += err
  }

  save(): AdaptiveIntervalState {
    return { alpha: this.#alpha, steps: this.#steps, misses: this.#misses, scores: this.#scores.save() }
  }
}
