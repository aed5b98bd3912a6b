import type { AdaptiveInterval } from '../calibration/adaptive-interval.ts'
import type { LevelPair } from '../calibration/level-pairs.ts'
import { coverageError } from '../drift/coverage-band.ts'
import type { Cause } from './causes.ts'
import type { InputWatch } from './input-watch.ts'
import type { LiveScores } from './live-scores.ts'
import type { OversightSettings } from './oversight-settings.ts'

const WORST_FEATURES = 5

/** One interval of the forecasts. Null: nothing is known yet. */
export interface IntervalStatus {
  /** Coverage that the model states. */
  readonly stated: number
  /** Realised over the window, and half the width of the band around `stated` in which chance may leave it. */
  readonly coverage: number | null
  readonly band: number | null
  /** As adjusted: over the window, and over all outcomes. */
  readonly issuedCoverage: number | null
  readonly issuedCoverageOfAll: number | null
  /** Share of misses that is aimed at now, and mean of err_t so far. */
  readonly alpha: number
  readonly missRate: number | null
}

export interface FeatureStatus {
  readonly name: string
  readonly psi: number
  readonly ks: number
  readonly drifted: boolean
}

/** Numbers for people; plain JSON. Losses in basis points. */
export interface OversightStatus {
  readonly modelId: string
  /** Bars seen, and of those with an outcome the ones in the window of the losses. */
  readonly bars: number
  readonly judgedBars: number
  readonly holding: readonly Cause[]
  readonly intervals: readonly IntervalStatus[]
  readonly modelLossBps: number | null
  readonly baselineLossBps: number | null
  readonly lossRatio: number | null
  /** Of the classes, 0 best, 2 worst. */
  readonly brier: number | null
  /** Sum of the Page–Hinkley test, and where it fires. */
  readonly pageHinkley: { readonly sum: number; readonly threshold: number }
  /** Undefined: the bundle holds no reference. */
  readonly inputs:
    | {
        /** Greatest PSI first. Empty before the window was full. */
        readonly worst: readonly FeatureStatus[]
        readonly driftedFeatures: number
        readonly outlierShare: number | null
        readonly dissimilarityRatio: number | null
      }
    | undefined
}

export interface StatusParts {
  readonly modelId: string
  readonly settings: OversightSettings
  readonly horizonBars: number
  readonly featureNames: readonly string[]
  readonly bars: number
  readonly pairs: readonly LevelPair[]
  readonly intervals: readonly AdaptiveInterval[]
  readonly scores: LiveScores
  readonly inputs: InputWatch | undefined
  readonly holding: readonly Cause[]
}

const known = (value: number): number | null => (Number.isFinite(value) ? value : null)

export function statusOf(parts: StatusParts): OversightStatus {
  const { scores, settings, modelId, bars, holding, inputs, featureNames } = parts
  return {
    modelId,
    bars,
    judgedBars: scores.modelLoss.length,
    holding,
    intervals: parts.pairs.map((pair, i) => intervalStatus(parts, pair, i)),
    modelLossBps: known(scores.modelLoss.mean),
    baselineLossBps: known(scores.baselineLoss.mean),
    lossRatio: known(scores.lossRatio),
    brier: known(scores.brier.mean),
    pageHinkley: { sum: scores.pageHinkley.sum, threshold: settings.change.threshold },
    inputs: inputs && inputsStatus(inputs, featureNames),
  }
}

function intervalStatus({ scores, settings, horizonBars, intervals }: StatusParts, { miss }: LevelPair, i: number) {
  const [stated, issued, interval] = [scores.stated[i]!, scores.issued[i]!, intervals[i]!]
  const { bandDeviations } = settings.coverage
  return {
    stated: 1 - miss,
    coverage: known(stated.mean),
    band: known(coverageError(stated.mean, 1 - miss, stated.length, horizonBars, bandDeviations).band),
    issuedCoverage: known(issued.mean),
    issuedCoverageOfAll: known(issued.meanOfAll),
    alpha: interval.alpha,
    missRate: known(interval.missRate),
  }
}

function inputsStatus({ shifts, outliers, dissimilarityRatio }: InputWatch, names: readonly string[]) {
  const worst = shifts.toSorted((a, b) => b.psi - a.psi).slice(0, WORST_FEATURES)
  return {
    worst: worst.map(({ feature, psi, ks, drifted }) => ({ name: names[feature] ?? `${feature}`, psi, ks, drifted })),
    driftedFeatures: shifts.filter(({ drifted }) => drifted).length,
    outlierShare: known(outliers.mean),
    dissimilarityRatio: known(dissimilarityRatio),
  }
}
