import fc from 'fast-check'
import type { TimedRows } from '../../../src/training/splits/purge.ts'

export const BAR_MS = 60_000
const START_AT = 1_700_000_000_000

export interface SampleRows extends TimedRows {
  readonly series: Int32Array
}

/** One row a bar and instrument, grouped by instrument; `kept` leaves some out, `labelBars` says when each label is known. */
export function rowsOf(
  bars: number,
  { steps = 4, horizonBars = 3, instruments = 1 }: { steps?: number; horizonBars?: number; instruments?: number } = {},
  kept: (bar: number, series: number) => boolean = () => true,
  labelBars: (bar: number, series: number) => number = () => horizonBars,
): SampleRows {
  const chosen = Array.from({ length: instruments }, (_, series) =>
    Array.from({ length: bars }, (_unused, bar) => ({ bar, series })).filter((row) => kept(row.bar, row.series)),
  ).flat()
  const endAt = Float64Array.from(chosen, ({ bar }) => START_AT + bar * BAR_MS)
  return {
    rows: chosen.length,
    endAt,
    labelEndAt: Float64Array.from(chosen, ({ bar, series }, row) => endAt[row]! + labelBars(bar, series) * BAR_MS),
    shape: { featureNames: ['one'], steps, barMs: BAR_MS, horizonBars },
    series: Int32Array.from(chosen, ({ series }) => series),
  }
}

/** Number of each row's bar. */
export const barsOf = ({ endAt }: TimedRows, rows: Int32Array): number[] =>
  Array.from(rows, (row) => (endAt[row]! - START_AT) / BAR_MS)

/** Several instruments, bars missing here and there, labels known at different times, as those of barriers are. */
export const anyRows: fc.Arbitrary<SampleRows> = fc
  .record({
    bars: fc.integer({ min: 60, max: 120 }),
    instruments: fc.integer({ min: 1, max: 3 }),
    steps: fc.integer({ min: 1, max: 6 }),
    horizonBars: fc.integer({ min: 1, max: 6 }),
    missing: fc.array(fc.nat(400), { maxLength: 40 }),
  })
  .map(({ bars, instruments, steps, horizonBars, missing }) => {
    const gone = new Set(missing)
    return rowsOf(
      bars,
      { steps, horizonBars, instruments },
      (bar, series) => !gone.has(bar * 3 + series),
      (bar, series) => 1 + ((bar * 7 + series) % horizonBars),
    )
  })

/** By definition, pair by pair: a moment that both windows-and-labels hold, or that lies closer than the embargo. */
export const isShared = (data: TimedRows, a: number, b: number, embargoBars: number): boolean => {
  const { endAt, labelEndAt, shape } = data
  const from = (row: number): number => endAt[row]! - shape.steps * shape.barMs
  const reach = embargoBars * shape.barMs
  return from(a) <= labelEndAt[b]! + reach && from(b) <= labelEndAt[a]! + reach
}
