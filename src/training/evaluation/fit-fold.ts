import { type CalibratedForecaster, calibratedForecaster } from '../calibration/calibrated-forecaster.ts'
import type { CalibrationSettings } from '../calibration/calibration-settings.ts'
import { type Dataset, type Split, subsetOf } from '../dataset.ts'
import type { FitForecaster, FittedForecaster } from '../fitted-forecaster.ts'
import { fitCut } from '../splits/final-cut.ts'
import { seenAlone } from './seen-alone.ts'

export interface FoldFitOptions {
  /** Of the fold's training moments, 0–1, in the order of time: what chooses, and the latest, which corrects the answers. */
  readonly shares: { readonly validation: number; readonly calibration: number }
  /** Kept clear between these parts beyond windows and labels. */
  readonly embargoBars: number
  readonly calibration: CalibrationSettings
}

/** A fold's model and what it has learnt from. */
interface FoldFit {
  /** The fold's training and validation rows alone. */
  readonly seen: Dataset
  /** Of `seen`. */
  readonly split: Split
  readonly fitted: FittedForecaster
  /** The same model as it would be served. */
  readonly calibrated: CalibratedForecaster
}

/**
 * Fits a model on the training rows of a fold as one that is to serve is fitted, its calibration included, and hands it to `use`; it is
 * released behind it. Throws `InputError` where too few rows are left for a part.
 */
export async function withFoldFit<T>(
  data: Dataset,
  train: Int32Array,
  fitForecaster: FitForecaster,
  { shares, embargoBars, calibration }: FoldFitOptions,
  use: (fold: FoldFit) => Promise<T>,
): Promise<T> {
  const cut = fitCut(data, train, { ...shares, embargoBars })
  const { seen, split } = seenAlone(data, cut)
  const fitted = await fitForecaster(seen, split)
  try {
    const calibrated = await calibratedForecaster(fitted, subsetOf(data, cut.calibration), calibration)
    return await use({ seen, split, fitted, calibrated })
  } finally {
    await fitted.release?.()
  }
}
