import { monthPhase, onCircle, type Phase, weekPhase, yearPhase } from './calendar/cycle.ts'
import { type HolidayAt, type HolidaysOfYear, holidayCalendar } from './calendar/holiday-calendar.ts'
import { inSession, type TradingSession } from './calendar/trading-session.ts'
import type { FeatureDefinition, FeatureUnit } from './feature-definition.ts'
import type { CalendarSettings } from './feature-settings.ts'
import { instant } from './feature-units.ts'

/** Place of the close on a circle, as a pair of columns. */
const cyclic = (name: string, cycle: string, phase: Phase): readonly FeatureDefinition[] =>
  (['sin', 'cos'] as const).map((part) => ({
    name: `${name}_${part}`,
    unit: 'ratio',
    formula: `${part}(2 * pi * share of the ${cycle} gone by at endAt)`,
    source: 'cyclic pair, UTC',
    params: {},
    lookBack: 1,
    create: () => instant(({ bar }) => onCircle(part, phase(bar.endAt))),
  }))

const session = (name: TradingSession): FeatureDefinition => ({
  name: `session_${name}`,
  unit: 'flag',
  formula: '1 where endAt is in the hours of the session, else 0',
  source: 'usual trading hours, UTC',
  params: {},
  lookBack: 1,
  create: () => instant(({ bar }) => inSession(name, bar.endAt)),
})

/** Holidays of a country, ISO 3166. Loading them is slow: handed in where they are asked for. */
export type HolidaysOf = (country: string) => HolidaysOfYear

function holiday(country: string, holidaysOf: HolidaysOf): readonly FeatureDefinition[] {
  const lookUp = (): ((at: number) => HolidayAt) => holidayCalendar(holidaysOf(country))
  const common = { source: 'date-holidays 3, public holidays', params: { country }, lookBack: 1 }
  const code = country.toLowerCase()
  return [
    {
      ...common,
      name: `holiday_${code}`,
      unit: 'flag',
      formula: '1 where endAt is in a public holiday of the country, by its own clock, else 0',
      create: () => holidayUnit(lookUp(), ({ isHoliday }) => isHoliday),
    },
    {
      ...common,
      name: `days_to_holiday_${code}`,
      unit: 'days',
      formula: '(start of the next public holiday that has not begun - endAt) / day',
      create: () => holidayUnit(lookUp(), ({ daysToNext }) => daysToNext),
    },
  ]
}

const holidayUnit = (lookUp: (at: number) => HolidayAt, of: (found: HolidayAt) => number): FeatureUnit =>
  instant(({ bar }) => of(lookUp(bar.endAt)))

/** Columns of the calendar that the settings ask for. */
export const calendarFeatures = (asked: CalendarSettings, holidaysOf: HolidaysOf): readonly FeatureDefinition[] => [
  ...(asked.dayOfWeek ? cyclic('day_of_week', 'week from Monday', weekPhase) : []),
  ...(asked.dayOfMonth ? cyclic('day_of_month', 'month', monthPhase) : []),
  ...(asked.month ? cyclic('month', 'year, each month a twelfth,', yearPhase) : []),
  ...(asked.sessions ?? []).map(session),
  ...(asked.holidays ?? []).flatMap((country) => holiday(country, holidaysOf)),
]
