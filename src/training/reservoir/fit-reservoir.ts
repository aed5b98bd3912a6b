import type { Reservoir, ReservoirSettings } from '../../model/architectures/reservoir-matrices.ts'
import { createReservoir } from '../../model/architectures/reservoir-matrices.ts'
import type { ForecasterOutputs } from '../../model/forecaster-outputs.ts'
import { ridgeForecast } from '../../model/ridge-forecast.ts'
import type { RidgeForecaster } from '../../model/ridge-forecaster.ts'
import type { Scaler } from '../../model/scaler.ts'
import type { Dataset, Split } from '../dataset.ts'
import { fitRidge } from '../fit-ridge.ts'
import { fitScaler, scaledRows } from '../scaler.ts'
import { finalStates } from './run-reservoir.ts'

/** Window → scaler → reservoir from state 0 → last state → read-out, itself a scaler with linear heads. */
export interface ReservoirForecaster {
  readonly steps: number
  /** Of the features. */
  readonly scaler: Scaler
  readonly reservoir: Reservoir
  /** On the last state, as a window of one step with a feature for each unit. */
  readonly readOut: RidgeForecaster
}

/** Rows whose states are computed at once: bounds the scaled copy of the windows. */
const CHUNK_ROWS = 4_096

/**
 * Fits the read-out alone, in closed form, with every calibration of `fitRidge`. The window is the wash-out: only its last state is read.
 * Deterministic.
 */
export function fitReservoir(
  dataset: Dataset,
  split: Split,
  settings: Omit<ReservoirSettings, 'features'>,
): ReservoirForecaster {
  const { steps, featureNames } = dataset.shape
  const scaler = fitScaler(dataset, split.train)
  const reservoir = createReservoir({ ...settings, features: featureNames.length })
  const readOut = fitRidge(stateDataset(dataset, scaler, reservoir), split).model
  return { steps, scaler, reservoir, readOut }
}

/** Forecasts of every row. */
export const reservoirForecast = (
  { scaler, reservoir, readOut }: ReservoirForecaster,
  data: Dataset,
): ForecasterOutputs => ridgeForecast(readOut, stateDataset(data, scaler, reservoir).inputs, data.rows)

/** The dataset with each window replaced by the state that it leaves. */
function stateDataset(data: Dataset, scaler: Scaler, reservoir: Reservoir): Dataset {
  const { units } = reservoir
  const inputs = new Float32Array(data.rows * units)
  for (let from = 0; from < data.rows; from += CHUNK_ROWS) {
    const rows = Int32Array.from({ length: Math.min(CHUNK_ROWS, data.rows - from) }, (_, i) => from + i)
    const scaled = scaledRows(data, rows, scaler)
    inputs.set(finalStates(reservoir, scaled, data.shape.steps), from * units)
  }
  const featureNames = Array.from({ length: units }, (_, unit) => `state${unit}`)
  return { ...data, shape: { ...data.shape, steps: 1, featureNames }, inputs }
}
