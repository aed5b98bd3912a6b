import { epochMs } from '../../core/units.ts'
import type { CandleRepairs, FundingPayment } from './candle.ts'
import { fundingLayout } from './layout.ts'
import { momentsOf } from './moments.ts'
import { orderedRows, type Repair, type Span } from './ordered-rows.ts'
import { badFile, badRow, type RawTable } from './table.ts'

/** Venues pay every 8 h or more often; a longer silence is a hole in the file. */
const SILENCE_MS_MAX = 86_400_000
/** Binance caps rates at 0.03 and less; beyond this a percentage was taken for a fraction. */
const RATE_MAX = 0.1

export interface CheckedFunding {
  readonly funding: readonly FundingPayment[]
  /** `gapsFilled`: holes of more than a day, in which nothing is paid. */
  readonly repairs: CandleRepairs
}

/** Payments of a file within `span`, its end included. Throws `InputError` that names file, row, value and rule. */
export function checkedFunding(table: RawTable, { from, to }: Span, repair: Repair): CheckedFunding {
  const { shape, columns } = table
  const moments = momentsOf(table, fundingLayout(shape))
  const { rows, repairs } = orderedRows(table, moments, { from, to: to + 1 }, repair)
  const { name, values } = columns.get('rate')!
  let gapsFilled = 0
  let before = from
  const funding: FundingPayment[] = []
  for (const row of rows) {
    const at = epochMs(moments[row]!)
    const rate = values[row]!
    if (Math.abs(rate) > RATE_MAX) throw badRow(shape, row, name, rate, `a rate is a fraction within ±${RATE_MAX}`)
    if (at - before > SILENCE_MS_MAX) {
      if (repair.gaps === 'error') throw silence(table, row, at, before)
      gapsFilled += 1
    }
    before = at
    funding.push({ at, rate })
  }
  if (to - before > SILENCE_MS_MAX) {
    if (repair.gaps === 'error') throw badFile(shape.file, `it ends at ${before}; the candles end at ${to}`)
    gapsFilled += 1
  }
  return { funding, repairs: { ...repairs, gapsFilled } }
}

const silence = ({ shape, columns }: RawTable, row: number, at: number, before: number): Error =>
  badRow(
    shape,
    row,
    columns.get('time')!.name,
    at,
    `there is no payment between ${before} and it; at most ${SILENCE_MS_MAX} ms may lie between two`,
  )
