import { civilFromDays, daysSinceEpoch } from './civil-date.ts'

const DAY_MS = 86_400_000

/** [startAt, endAt) of one holiday, milliseconds since the epoch: from midnight to midnight of the country's own clock. */
export interface HolidaySpan {
  readonly startAt: number
  readonly endAt: number
}

/** Holidays of a local year in ascending order. The same argument gives the same answer. */
export type HolidaysOfYear = (year: number) => readonly HolidaySpan[]

export interface HolidayAt {
  /** 1 within a holiday of the country's local date, else 0. */
  readonly isHoliday: 0 | 1
  /** Days from `at` to the start of the next holiday that has not begun; NaN where none begins by the end of next year. */
  readonly daysToNext: number
  /** Days since the end of the last holiday; 0 within one; NaN where none ended since the start of last year. */
  readonly daysSinceLast: number
}

/**
 * Looks holidays up by exchange time (milliseconds since the epoch). A year is computed when it is first needed and three are kept: the
 * first look-up and the first of a new year are slow, all others are a search in a short list.
 */
export function holidayCalendar(holidaysOfYear: HolidaysOfYear): (at: number) => HolidayAt {
  const years = new Map<number, readonly HolidaySpan[]>()
  let spans: readonly HolidaySpan[] = []
  let year = Number.NaN
  const turnTo = (now: number): void => {
    const wanted = [now - 1, now, now + 1]
    for (const kept of [...years.keys()]) if (!wanted.includes(kept)) years.delete(kept)
    for (const each of wanted) if (!years.has(each)) years.set(each, holidaysOfYear(each))
    spans = wanted.flatMap((each) => years.get(each)!)
    year = now
  }
  return (at) => {
    const now = civilFromDays(daysSinceEpoch(at)).year
    if (now !== year) turnTo(now)
    let [isHoliday, next, last]: [0 | 1, number, number] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (const { startAt, endAt } of spans) {
      if (startAt > at) next = Math.min(next, startAt)
      else if (endAt > at) isHoliday = 1
      else last = Math.max(last, endAt)
    }
    const days = (ms: number): number => (Number.isFinite(ms) ? ms / DAY_MS : Number.NaN)
    return { isHoliday, daysToNext: days(next - at), daysSinceLast: isHoliday ? 0 : days(at - last) }
  }
}
