import type { SeriesData, SeriesSettings } from './series-data.ts'

/** Forecasts all channels over the horizon that it was fitted for. */
export interface SeriesForecaster {
  /** `inputs`: [batch, lookBack, channels]. Answers [batch, horizon, channels]. Row-major, in the units of `SeriesData`. */
  forecast(inputs: Float32Array, batch: number): Promise<Float32Array>
  /** Frees what lies outside of the JavaScript heap, where there is such. */
  release?(): Promise<void>
}

/** Fits on the training part, may choose on the validation part, and never looks at the test part. */
export interface SeriesTrainer {
  readonly name: string
  fit(data: SeriesData, settings: SeriesSettings): Promise<SeriesForecaster>
}
