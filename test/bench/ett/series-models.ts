import { ols, olsRaw } from '../../../src/training/series/closed-form-linear.ts'
import { repeat } from '../../../src/training/series/repeat.ts'
import type { SeriesTrainer } from '../../../src/training/series/series-trainer.ts'

export interface SeriesModelOptions {
  /** Passes over the training part at most; undefined: as many as the literature takes. Nothing to closed forms. */
  readonly epochs: number | undefined
  progress(text: string): void
}

/** Models by the name that `--models` takes. */
export const SERIES_MODELS: Readonly<Record<string, (options: SeriesModelOptions) => SeriesTrainer>> = {
  repeat: () => repeat,
  ols: () => ols,
  'ols-raw': () => olsRaw,
}
