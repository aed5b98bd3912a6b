import type { ForecasterOutputs } from '../../model/forecaster-outputs.ts'
import type { Dataset } from '../dataset.ts'
import { subsetOf } from '../dataset.ts'
import { outputsOfRows } from './out-of-sample.ts'

interface PastRows {
  readonly data: Dataset
  /** Forecasts of `data` in, those of the test rows out. */
  readonly pick: (outputs: ForecasterOutputs) => ForecasterOutputs
}

/**
 * All rows up to the last test row, and the forecasts of the test rows among theirs. Baselines follow what has come true (EWMA, HAR), up to
 * each row's own close; without the rows before the test they would begin anew.
 */
export function pastOf(data: Dataset, test: Int32Array): PastRows {
  const lastAt = test.reduce((last, row) => Math.max(last, data.endAt[row]!), 0)
  const rows = Int32Array.from({ length: data.rows }, (_, row) => row).filter((row) => data.endAt[row]! <= lastAt)
  const places = new Map(Array.from(rows, (row, place) => [row, place]))
  return {
    data: subsetOf(data, rows),
    pick: (outputs) => outputsOfRows(test.length, (i) => ({ outputs, row: places.get(test[i]!)! })),
  }
}
