import type { CandleRepairs } from './candle.ts'
import { commonStep, framedRows } from './framed-rows.ts'
import { markLayout } from './layout.ts'
import { momentsOf } from './moments.ts'
import { orderedRows, type Repair } from './ordered-rows.ts'
import { badFile, badRow, type RawTable } from './table.ts'

/** The candles that marks are wanted for. */
export interface MarkedSpan {
  readonly startAt: number
  readonly barMs: number
  readonly candles: number
}

export interface CheckedMarks {
  /** Mark price at the end of each candle; NaN where the file has none there: between the marks of a coarser file, or in a gap. */
  readonly closes: Float64Array
  /** `gapsFilled`: marks that are due and not there. */
  readonly repairs: CandleRepairs
}

/**
 * Marks of a file of the candles' timeframe, of a finer or of a coarser one. Throws `InputError` that names file, row, value and rule; a
 * missing mark is an error unless `repair.gaps` is `fill`.
 */
export function checkedMarks(table: RawTable, wanted: MarkedSpan, repair: Repair): CheckedMarks {
  const { startAt, barMs, candles } = wanted
  const moments = momentsOf(table, markLayout(table.shape))
  const markMs = markStep(table, moments, barMs)
  const endAt = startAt + candles * barMs
  const { rows, repairs } = orderedRows(
    table,
    moments,
    { from: startAt + barMs - markMs, to: endAt - markMs + 1 },
    repair,
  )
  requirePositive(table, rows)
  const { slots } = framedRows({ table, moments, rows, barMs: markMs, gaps: repair.gaps })
  const { values } = table.columns.get('close')!
  const firstEndAt = moments[slots[0]!]! + markMs
  const closes = new Float64Array(candles).fill(Number.NaN)
  let gapsFilled = 0
  for (let n = 0; n < candles; n += 1) {
    const at = startAt + (n + 1) * barMs
    if (at % markMs !== 0) continue
    const row = slots[(at - firstEndAt) / markMs] ?? -1
    if (row >= 0) {
      closes[n] = values[row]!
      continue
    }
    if (repair.gaps === 'error') throw badFile(table.shape.file, `it has no mark at ${at}, where a candle ends`)
    gapsFilled += 1
  }
  return { closes, repairs: { ...repairs, gapsFilled } }
}

/** Timeframe of the marks, milliseconds. */
function markStep({ shape, rows }: RawTable, moments: Float64Array, barMs: number): number {
  const step =
    commonStep(
      moments,
      Int32Array.from({ length: rows }, (_, row) => row),
    )?.ms ?? barMs
  if (step % barMs === 0 || barMs % step === 0) return step
  throw badFile(
    shape.file,
    `it holds marks of ${step} ms; that is no multiple and no whole part of ${barMs} ms, the candles'`,
  )
}

function requirePositive({ shape, columns }: RawTable, rows: Int32Array): void {
  const { name, values } = columns.get('close')!
  for (const row of rows) {
    if (!(values[row]! > 0)) throw badRow(shape, row, name, values[row]!, 'a price is > 0')
  }
}
