const DAY_MS = 86_400_000

/** A date of the proleptic Gregorian calendar, UTC. */
export interface CivilDate {
  readonly year: number
  /** 1 … 12. */
  readonly month: number
  /** 1 … 31. */
  readonly day: number
}

export const daysSinceEpoch = (at: number): number => Math.floor(at / DAY_MS)

/** Share of the UTC day that has gone by, [0, 1). */
export const shareOfDay = (at: number): number => at / DAY_MS - daysSinceEpoch(at)

/**
 * `days` since 1970-01-01. H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`: eras of 400 years of 146,097
 * days, years that begin in March so that the leap day comes last.
 */
export function civilFromDays(days: number): CivilDate {
  const shifted = days + 719_468 // From 0000-03-01.
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  }
}

/** Of the month, 28 … 31. */
export function daysInMonth({ year, month }: CivilDate): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
