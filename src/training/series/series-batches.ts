import type { BatchSource } from '../network/batches.ts'
import type { SeriesData, SeriesPart, SeriesSettings } from './series-data.ts'
import { gatherWindows, windowStarts } from './series-windows.ts'

/** The windows of a part as rows of `seriesObjective`. Throws `InputError` when there is none. */
export function seriesBatches(data: SeriesData, part: SeriesPart, settings: SeriesSettings): BatchSource {
  const { from, to } = windowStarts(data, part, settings)
  const { channels } = data
  const { lookBack, horizon } = settings
  return {
    rows: to - from,
    feeds: (rows) => {
      const starts = rows.map((row) => from + row)
      const { inputs, targets } = gatherWindows(data, starts, settings)
      return {
        x: { dims: [rows.length, lookBack, channels], data: inputs },
        target: { dims: [rows.length, horizon, channels], data: targets },
      }
    },
  }
}
