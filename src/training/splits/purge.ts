import type { Dataset, DatasetShape } from '../dataset.ts'

/** What splitting looks at. */
export type TimedRows = Pick<Dataset, 'rows' | 'endAt' | 'labelEndAt' | 'shape'>

/** A span of time, both ends in it, milliseconds since the epoch. */
interface Span {
  readonly from: number
  readonly to: number
}

const lookBackMs = ({ steps, barMs }: DatasetShape): number => steps * barMs

/** From the first window's beginning to the last label's end of `rows`, over all instruments. Empty where there are no rows. */
export function spanOf({ endAt, labelEndAt, shape }: TimedRows, rows: Int32Array): Span {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const row of rows) {
    from = Math.min(from, endAt[row]! - lookBackMs(shape))
    to = Math.max(to, labelEndAt[row]!)
  }
  return { from, to }
}

/**
 * Those of `rows` that share no moment with any of `spans`: neither their windows nor their labels come closer to one than `embargoBars`
 * (purge and embargo of López de Prado 2018, ch. 7.4; here the embargo is kept on both sides). To touch is to share: at the moment where a
 * window begins, a label that ends there has the same price.
 */
export function clearOf(
  { endAt, labelEndAt, shape }: TimedRows,
  rows: Int32Array,
  spans: readonly Span[],
  embargoBars: number,
): Int32Array {
  const embargoMs = embargoBars * shape.barMs
  return rows.filter((row) => {
    const windowFrom = endAt[row]! - lookBackMs(shape)
    return spans.every(({ from, to }) => labelEndAt[row]! < from - embargoMs || windowFrom > to + embargoMs)
  })
}
