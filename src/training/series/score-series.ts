import { check } from '../../core/check.ts'
import type { SeriesData, SeriesPart, SeriesSettings } from './series-data.ts'
import type { SeriesForecaster } from './series-trainer.ts'
import { gatherWindows, windowStarts } from './series-windows.ts'

/** Means over all windows, horizons and channels, in units of the scaled series. */
export interface SeriesScore {
  readonly windows: number
  readonly mse: number
  readonly mae: number
}

const BATCH = 64

/** Scores every window of a part, the last, short batch included (LTSF-Linear's loader with `drop_last=False`). */
export async function scoreSeries(
  forecaster: SeriesForecaster,
  data: SeriesData,
  settings: SeriesSettings,
  part: SeriesPart = 'test',
): Promise<SeriesScore> {
  const { from, to } = windowStarts(data, part, settings)
  let squares = 0
  let absolutes = 0
  for (let start = from; start < to; start += BATCH) {
    const starts = Array.from({ length: Math.min(BATCH, to - start) }, (_, i) => start + i)
    const { inputs, targets } = gatherWindows(data, starts, settings)
    const found = await forecaster.forecast(inputs, starts.length)
    check(found.length === targets.length, `forecast of ${targets.length} values`, found.length)
    for (let i = 0; i < targets.length; i += 1) {
      const error = found[i]! - targets[i]!
      squares += error * error
      absolutes += Math.abs(error)
    }
  }
  const count = (to - from) * settings.horizon * data.channels
  return { windows: to - from, mse: squares / count, mae: absolutes / count }
}
