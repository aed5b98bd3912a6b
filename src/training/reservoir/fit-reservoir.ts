import type { Reservoir, ReservoirSettings } from '../../model/architectures/reservoir-matrices.ts'
import { createReservoir } from '../../model/architectures/reservoir-matrices.ts'
import type { ForecasterOutputs } from '../../model/forecaster-outputs.ts'
import { ridgeForecast } from '../../model/ridge-forecast.ts'
import type { RidgeForecaster } from '../../model/ridge-forecaster.ts'
import type { Scaler } from '../../model/scaler.ts'
import type { Dataset, Split } from '../dataset.ts'
import { fitRidge } from '../fit-ridge.ts'
import { fitScaler, scaledBlocks } from '../scaler.ts'
import type { WindowInputs } from '../window-inputs.ts'
import { denseInputs } from '../window-inputs.ts'
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

/** Forecasts of every window. */
export function reservoirForecast(
  { scaler, reservoir, readOut }: ReservoirForecaster,
  inputs: WindowInputs,
): ForecasterOutputs {
  return ridgeForecast(readOut, statesOf(inputs, scaler, reservoir), inputs.rows)
}

/** The dataset with each window replaced by the state that it leaves. */
function stateDataset(data: Dataset, scaler: Scaler, reservoir: Reservoir): Dataset {
  const { units } = reservoir
  const featureNames = Array.from({ length: units }, (_, unit) => `state${unit}`)
  const inputs = denseInputs(statesOf(data.inputs, scaler, reservoir), units)
  return { ...data, shape: { ...data.shape, steps: 1, featureNames }, inputs }
}

/** The state that each window leaves, [rows, units]: far smaller than the windows, which pass by a few at a time. */
function statesOf(inputs: WindowInputs, scaler: Scaler, reservoir: Reservoir): Float32Array {
  const { units, features } = reservoir
  const states = new Float32Array(inputs.rows * units)
  const all = Int32Array.from({ length: inputs.rows }, (_, row) => row)
  let at = 0
  for (const block of scaledBlocks(inputs, all, scaler).blocks()) {
    const left = finalStates(reservoir, block, inputs.width / features)
    states.set(left, at)
    at += left.length
  }
  return states
}
