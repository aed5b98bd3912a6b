import type { ForecasterOutputs } from '../../model/forecaster-outputs.ts'
import type { Dataset } from '../dataset.ts'

/** A simple forecaster that a network must beat, fitted. */
export interface BaselineFit {
  readonly name: string
  /** Forecasts of every row of `data`, which may be other data than it was fitted on. A row's forecast knows nothing after its close. */
  forecast(data: Dataset): ForecasterOutputs
}
