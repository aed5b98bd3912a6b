import { DAY_MS } from './clock.ts'
import type { EquityPath } from './equity-path.ts'

/** Records at least this long are cut into days, others into bars. */
const DAILY_FROM_DAYS = 60
/** Perpetual futures trade every day. */
const YEAR_DAYS = 365

/** How a record is cut into returns, and how these are scaled to a year. */
export interface Annualisation {
  readonly period: 'day' | 'bar'
  /** 365 days over the period. */
  readonly periodsPerYear: number
  /** Of the record, with fraction. */
  readonly days: number
}

export interface PeriodReturns extends Annualisation {
  /** Simple returns; empty where `ruined`. */
  readonly returns: Float64Array
  /** End of each period, epoch milliseconds. */
  readonly endsAt: Float64Array
  readonly startingBalance: number
  /** Equity was 0 or less at some moment: returns mean nothing. */
  readonly ruined: boolean
}

/**
 * Days are those of UTC, the first and the last may be partial; a day's equity is the last one known in it, and a day without any
 * carries the one before (return 0).
 */
export function periodReturns(path: EquityPath, barMs: number): PeriodReturns {
  const days = (path.at.at(-1)! - path.at[0]!) / DAY_MS
  const daily = days >= DAILY_FROM_DAYS
  const { at, equity } = daily ? byDay(path) : path
  const ruined = path.equity.some((value) => value <= 0)
  return {
    period: daily ? 'day' : 'bar',
    periodsPerYear: daily ? YEAR_DAYS : (YEAR_DAYS * DAY_MS) / barMs,
    days,
    returns: ruined ? new Float64Array() : equity.slice(1).map((value, i) => value / equity[i]! - 1),
    endsAt: ruined ? new Float64Array() : at.slice(1),
    startingBalance: equity[0]!,
    ruined,
  }
}

/** A reading at midnight belongs to the day that ends there. */
const dayOf = (at: number): number => Math.ceil(at / DAY_MS) - 1

function byDay({ at, equity }: EquityPath): EquityPath {
  const firstDay = dayOf(at[1]!)
  const count = dayOf(at.at(-1)!) - firstDay + 1
  const ends = { at: new Float64Array(count + 1), equity: new Float64Array(count + 1) }
  ends.at[0] = at[0]!
  ends.equity[0] = equity[0]!
  let next = 1
  for (let day = 0; day < count; day += 1) {
    while (next < at.length && dayOf(at[next]!) <= firstDay + day) next += 1
    ends.at[day + 1] = Math.min((firstDay + day + 1) * DAY_MS, at.at(-1)!)
    ends.equity[day + 1] = equity[next - 1]!
  }
  return ends
}
