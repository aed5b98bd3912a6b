import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { type HolidaySpan, holidayCalendar } from '../../../src/features/calendar/holiday-calendar.ts'
import { publicHolidays } from '../../../src/features/calendar/public-holidays.ts'

const at = (text: string): number => Date.parse(text)

describe('holidayCalendar', () => {
  const days = ['01-01', '07-04', '12-25']
  const made: number[] = []
  const ofYear = (year: number): readonly HolidaySpan[] => {
    made.push(year)
    return days.map((day) => ({
      startAt: at(`${year}-${day}T05:00Z`),
      endAt: at(`${year}-${day}T05:00Z`) + 86_400_000,
    }))
  }
  const look = holidayCalendar(ofYear)

  test.each([
    ['the last moment before', '2025-07-04T04:59:59.999Z', 0, 1 / 86_400_000],
    ['the first moment', '2025-07-04T05:00Z', 1, 174],
    ['the last moment', '2025-07-05T04:59:59.999Z', 1, 173 + 1 / 86_400_000],
    ['the first moment after', '2025-07-05T05:00Z', 0, 173],
    ['into the next year', '2025-12-26T05:00Z', 0, 6],
  ])('%s', (_name, time, isHoliday, daysToNext) => {
    const found = look(at(time))
    expect(found.isHoliday).toBe(isHoliday)
    expect(found.daysToNext).toBeCloseTo(daysToNext, 9)
  })

  test('days since the last: 0 within one, then counted from its end, over New Year too', () => {
    expect(look(at('2025-07-04T12:00Z')).daysSinceLast).toBe(0)
    expect(look(at('2025-07-05T05:00Z')).daysSinceLast).toBe(0)
    expect(look(at('2025-07-06T17:00Z')).daysSinceLast).toBe(1.5)
    expect(look(at('2026-01-01T00:00Z')).daysSinceLast).toBeCloseTo(5 + 19 / 24, 9)
  })

  test('each year is made once while time moves on, and three are kept', () => {
    made.length = 0
    const fresh = holidayCalendar(ofYear)
    for (let day = 0; day < 800; day += 1) fresh(at('2025-01-01T00:00Z') + day * 86_400_000)
    expect(made).toEqual([2024, 2025, 2026, 2027, 2028])
    fresh(at('2025-01-01T00:00Z'))
    expect(made.slice(5)).toEqual([2024, 2025])
  })

  test('a country without holidays has none', () => {
    expect(holidayCalendar(() => [])(at('2025-07-04T12:00Z'))).toEqual({
      isHoliday: 0,
      daysToNext: Number.NaN,
      daysSinceLast: Number.NaN,
    })
  })
})

describe('publicHolidays', () => {
  const [america, china, britain] = ['US', 'CN', 'GB'].map((country) => holidayCalendar(publicHolidays(country)))

  // By the local date: New York is 4 hours behind UTC in July, Shanghai 8 ahead; midnights of both.
  test.each([
    ['Independence Day in New York', america!, '2025-07-04T03:59:59.999Z', 0],
    ['Independence Day in New York', america!, '2025-07-04T04:00Z', 1],
    ['Independence Day in New York', america!, '2025-07-05T03:59:59.999Z', 1],
    ['Independence Day in New York', america!, '2025-07-05T04:00Z', 0],
    ['Thanksgiving', america!, '2024-11-28T15:00Z', 1],
    ['the day after', america!, '2024-11-29T15:00Z', 0],
    ['Spring Festival in Shanghai', china!, '2025-01-28T16:00Z', 1],
    ['a working day in Shanghai', china!, '2025-06-10T04:00Z', 0],
    ['National Day in Shanghai', china!, '2025-09-30T15:59:59.999Z', 0],
    ['National Day in Shanghai', china!, '2025-09-30T16:00Z', 1],
    ['an observance that is no public holiday', america!, '2025-02-14T15:00Z', 0],
    ['Boxing Day', britain!, '2025-12-26T12:00Z', 1],
    ['New Year', britain!, '2026-01-01T00:00Z', 1],
  ])('%s at %#', (_name, look, time, expected) => {
    expect(look(at(time)).isHoliday).toBe(expected)
  })

  test('a year is computed once for all who ask, and a bounded number of years is kept', () => {
    const first = publicHolidays('DE')(2024)
    expect(publicHolidays('DE')(2024)).toBe(first)
    for (let year = 2025; year < 2032; year += 1) publicHolidays('DE')(year)
    expect(publicHolidays('DE')(2024)).toBe(first)
    publicHolidays('DE')(2032)
    expect(publicHolidays('DE')(2024)).not.toBe(first)
    expect(publicHolidays('DE')(2024)).toEqual(first)
  })

  test.each(['XX', 'us', '', '__proto__'])('country %j is refused', (country) => {
    expect(() => publicHolidays(country)).toThrow(InputError)
  })
})
