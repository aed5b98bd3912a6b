import type { Dataset } from '../dataset.ts'

/** Rows `[from, to)` of one series. */
interface SeriesRows {
  readonly from: number
  readonly to: number
}

/** Where each series of a dataset begins and ends: its rows are grouped by series. */
export function seriesRows({ series, rows }: Pick<Dataset, 'series' | 'rows'>): readonly SeriesRows[] {
  const found: SeriesRows[] = []
  for (let from = 0, row = 1; row <= rows; row += 1) {
    if (row < rows && series[row] === series[from]) continue
    found.push({ from, to: row })
    from = row
  }
  return found
}

/**
 * A forecast for each row from past outcomes alone. `outcomes`: one for each row, known `horizonBars` later. `ofSeries` gets those of one
 * series and answers, at t, from those before t. The outcomes of a row and of the `horizonBars − 1` rows before it are not known at its
 * close, so it gets the answer of as many rows earlier, or `unknown` at the start of a series. Dropped rows only make it older.
 */
export function fromKnownOutcomes(
  data: Dataset,
  outcomes: Float64Array,
  unknown: number,
  ofSeries: (outcomes: Float64Array) => Float64Array,
): Float64Array {
  const forecasts = new Float64Array(data.rows).fill(unknown)
  const delay = data.shape.horizonBars
  for (const { from, to } of seriesRows(data)) {
    const answers = ofSeries(outcomes.subarray(from, to))
    for (let row = from + delay; row < to; row += 1) forecasts[row] = answers[row - from - delay + 1]!
  }
  return forecasts
}
