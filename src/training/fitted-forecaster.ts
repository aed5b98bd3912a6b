import type { Manifest } from '../model/bundle/manifest.ts'
import type { ForecasterOutputs } from '../model/forecaster-outputs.ts'
import type { Dataset, Split } from './dataset.ts'

/** A fitted model of any kind, before it is measured and packed. */
export interface FittedForecaster {
  readonly architecture: Manifest['architecture']
  /** Beginning of its version's name, e.g. `lstm`. */
  readonly versionPrefix: string
  /** The ONNX file that serves. */
  readonly graph: Uint8Array
  readonly calibration: Manifest['calibration']
  /** Standard deviation of the training targets, basis points. */
  readonly deviationBps: number
  /** Choices tried on the validation slice. */
  readonly trials: number
  readonly weights?: Manifest['weights']
  readonly training?: Manifest['training']
  /** The version that training went on from. */
  readonly parent?: string
  /** `optimizer.bin`. */
  readonly optimizer?: Uint8Array
  /** Forecasts of `rows` raw windows [rows, steps × features]. */
  forecast(inputs: Float32Array, rows: number): Promise<ForecasterOutputs>
  /** Frees what lies outside of the JavaScript heap. */
  release?(): Promise<void>
}

/** Fits on the split's earlier part; may choose on its later part. */
export type FitForecaster = (data: Dataset, split: Split) => Promise<FittedForecaster>
