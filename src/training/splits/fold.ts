import { InputError } from '../../core/errors.ts'
import type { TimedRows } from './purge.ts'
import { clearOf, spanOf } from './purge.ts'

/** Row numbers of one dataset, ascending. No window or label of a training row shares a moment with one of a test row. */
export interface Fold {
  readonly train: Int32Array
  readonly test: Int32Array
}

/** Forecasts of `rows` come from fold number `fold`. */
export interface PathPart {
  readonly fold: number
  readonly rows: Int32Array
}

export interface FoldPlan {
  readonly folds: readonly Fold[]
  /** Each path is one whole out-of-sample record, oldest part first: every tested row once. */
  readonly paths: readonly (readonly PathPart[])[]
}

/** `tests`: blocks of test rows, each contiguous in time. `rest`: rows that may train. Throws `InputError` where none may. */
export function purgedFold(data: TimedRows, rest: Int32Array, tests: readonly Int32Array[], embargoBars: number): Fold {
  const spans = tests.map((rows) => spanOf(data, rows))
  const train = clearOf(data, rest, spans, embargoBars)
  const test = Int32Array.from(tests.flatMap((rows) => Array.from(rows))).sort()
  if (train.length === 0 || test.length === 0) {
    throw new InputError(
      `folds: ${train.length} training rows and ${test.length} test rows are left of ${data.rows} after the purge; use fewer folds or more data`,
      { rows: data.rows, rest: rest.length, test: test.length, embargoBars },
    )
  }
  return { train, test }
}
