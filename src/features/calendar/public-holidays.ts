import Holidays from 'date-holidays'
import { InputError } from '../../core/errors.ts'
import type { HolidaySpan, HolidaysOfYear } from './holiday-calendar.ts'

/** Years kept for each country asked for (the library knows some 200): a calendar needs three at a time. */
const YEARS_MAX = 8

/** The years are the same for every instrument: each is computed once, whoever asks. */
const known = new Map<string, HolidaysOfYear>()

/**
 * Public holidays of a country by its ISO 3166 code ('US', 'CN'), in its own time zone (of several, the library's first: New York for
 * the US), whatever the zone of the machine. Loading this file takes a third of a second and 25 MB: import it only where holidays are
 * asked for. A year takes 2 to 75 ms the first time. Throws `InputError` for a code that the library does not know.
 */
export function publicHolidays(country: string): HolidaysOfYear {
  const found = known.get(country) ?? holidaysOf(country)
  known.set(country, found)
  return found
}

function holidaysOf(country: string): HolidaysOfYear {
  if (!Object.hasOwn(new Holidays().getCountries(), country)) {
    const rule = 'the two letters of a country that date-holidays knows, e.g. US, CN, GB'
    throw new InputError(`holiday country was ${JSON.stringify(country)}; it must be ${rule}`, { country })
  }
  const library = new Holidays(country, { types: ['public'] })
  const years = new Map<number, readonly HolidaySpan[]>()
  return (year) => {
    const spans = years.get(year) ?? spansOf(library, year)
    if (years.size >= YEARS_MAX && !years.has(year)) years.delete(years.keys().next().value!)
    years.set(year, spans)
    return spans
  }
}

const spansOf = (library: Holidays, year: number): readonly HolidaySpan[] =>
  library
    .getHolidays(year)
    .map(({ start, end }) => ({ startAt: start.getTime(), endAt: end.getTime() }))
    .sort((a, b) => a.startAt - b.startAt)
