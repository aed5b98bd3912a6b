import type { Reference } from '../../model/bundle/reference-schema.ts'
import { dissimilarity } from '../drift/dissimilarity.ts'
import { type FeatureShift, InputDrift, type InputDriftState } from '../drift/input-drift.ts'
import { RollingMean, type RollingMeanState } from '../drift/rolling-mean.ts'
import type { Causes } from './causes.ts'
import type { OversightSettings } from './oversight-settings.ts'

/** Plain JSON. */
export interface InputWatchState {
  readonly drift: InputDriftState
  readonly outliers: RollingMeanState
}

/** Holds the rows that the model sees against those that it was trained on. */
export class InputWatch {
  readonly #reference: Reference
  readonly #settings: OversightSettings
  readonly #drift: InputDrift
  readonly #scratch: Float64Array
  /** Share of outlying rows. */
  readonly outliers: RollingMean
  /** Of the newest row ÷ that of the farthest 0.1 % of the training rows; NaN before the first. */
  dissimilarityRatio = Number.NaN

  constructor(reference: Reference, settings: OversightSettings, saved?: InputWatchState) {
    this.#reference = reference
    this.#settings = settings
    this.#drift = new InputDrift(reference, settings.inputs, saved?.drift)
    this.#scratch = new Float64Array(reference.means.length)
    this.outliers = new RollingMean(settings.inputs.windowRows, saved?.outliers)
  }

  /** In the schema's order; empty before the first look. */
  get shifts(): readonly FeatureShift[] {
    return this.#drift.shifts
  }

  /** `values`: [features] of a usable row. Answers whether it is an outlier. */
  push(values: ArrayLike<number>): boolean {
    this.#drift.push(values)
    const distance = dissimilarity(values, this.#reference, this.#scratch)
    this.dissimilarityRatio = distance / this.#reference.dissimilarityHigh
    const isOutlier = this.dissimilarityRatio > this.#settings.outliers.ratioMax
    this.outliers.push(isOutlier ? 1 : 0)
    return isOutlier
  }

  judge(causes: Causes): void {
    const { inputs, outliers } = this.#settings
    if (this.shifts.length > 0) {
      const featureShare = this.shifts.filter(({ drifted }) => drifted).length / this.shifts.length
      const psiGreatest = Math.max(...this.shifts.map(({ psi }) => psi))
      const { featureShareMax, psiMax } = inputs
      causes.judge('inputs', featureShare / featureShareMax, { featureShare, featureShareMax, psiGreatest, psiMax })
    }
    if (this.outliers.length === inputs.windowRows) {
      const { shareMax } = outliers
      const outlierShare = this.outliers.mean
      causes.judge('outliers', outlierShare / shareMax, { outlierShare, shareMax })
    }
  }

  save(): InputWatchState {
    return { drift: this.#drift.save(), outliers: this.outliers.save() }
  }
}
