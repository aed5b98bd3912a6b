import { InputError } from '../../core/errors.ts'
import type { Split } from '../dataset.ts'
import { allRows, momentsOf, rowsBetween } from './moments.ts'
import type { TimedRows } from './purge.ts'
import { clearOf, spanOf } from './purge.ts'

/** Shares of the moments, each above 0, together below 1; the oldest rest trains. */
export interface CutShares {
  readonly validation: number
  readonly calibration: number
  readonly test: number
  /** Kept clear at each border beyond windows and labels. */
  readonly embargoBars: number
}

/** Row numbers, ascending; parts follow each other in time and share no window and no label. */
export interface FitCut extends Split {
  readonly calibration: Int32Array
}

export interface FinalCut extends FitCut {
  readonly test: Int32Array
}

/**
 * Rows of one candidate: weights from `train`, choices from `validation`, calibration from the recent `calibration`, judgement from `test`.
 * Purged by time over all instruments. Throws `InputError` where a part is left empty.
 */
export function finalCut(data: TimedRows, { validation, calibration, test, embargoBars }: CutShares): FinalCut {
  const parts = cutByTime(
    data,
    allRows(data),
    [1 - validation - calibration - test, validation, calibration, test],
    embargoBars,
  )
  return { train: parts[0]!, validation: parts[1]!, calibration: parts[2]!, test: parts[3]! }
}

/** The same of the training rows of a fold, whose test lies elsewhere: shares of the moments of `rows`. */
export function fitCut(
  data: TimedRows,
  rows: Int32Array,
  { validation, calibration, embargoBars }: Omit<CutShares, 'test'>,
): FitCut {
  const parts = cutByTime(data, rows, [1 - validation - calibration, validation, calibration], embargoBars)
  return { train: parts[0]!, validation: parts[1]!, calibration: parts[2]! }
}

/** Each part keeps only rows that are clear of all later ones. */
function cutByTime(
  data: TimedRows,
  rows: Int32Array,
  shares: readonly number[],
  embargoBars: number,
): readonly Int32Array[] {
  if (!shares.every((share) => share > 0)) {
    throw new InputError(`cut: shares ${shares.join(', ')} must all be above 0 and sum to 1`, { shares })
  }
  const moments = momentsOf(data, rows)
  const cuts = shares.map((_, part) => Math.round(moments.length * shares.slice(0, part).reduce((a, b) => a + b, 0)))
  const whole = cuts.map((from, part) => rowsBetween(data, rows, moments, [from, cuts[part + 1] ?? moments.length]))
  const purged = whole.map((part, at) =>
    clearOf(
      data,
      part,
      whole.slice(at + 1).map((later) => spanOf(data, later)),
      embargoBars,
    ),
  )
  const empty = purged.findIndex(({ length }) => length === 0)
  if (empty >= 0) {
    throw new InputError(
      `cut: part ${empty + 1} of ${shares.length} has no rows of ${rows.length} left after the purge; use more data`,
      { shares, rows: rows.length, embargoBars },
    )
  }
  return purged
}
