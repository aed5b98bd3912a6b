import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { civilFromDays, daysInMonth, daysSinceEpoch } from '../../../src/features/calendar/civil-date.ts'
import { dayPhase, monthPhase, onCircle, weekPhase, yearPhase } from '../../../src/features/calendar/cycle.ts'
import { minutesToFunding } from '../../../src/features/calendar/funding-time.ts'
import { inSession } from '../../../src/features/calendar/trading-session.ts'

const DAY_MS = 86_400_000

test('civil dates equal those of Date over four thousand years', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_000_000_000_000, max: 62_000_000_000_000 }), (at) => {
      const date = new Date(at)
      const civil = civilFromDays(daysSinceEpoch(at))
      expect(civil).toEqual({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() })
      expect(daysInMonth(civil)).toBe(
        new Date(Date.UTC(2000 + (((civil.year % 400) + 400) % 400), civil.month, 0)).getUTCDate(),
      )
    }),
    { numRuns: 1_000 },
  )
})

test('every day of a century', () => {
  const wrong: number[] = []
  for (let days = daysSinceEpoch(Date.UTC(1999, 11, 31)); days < daysSinceEpoch(Date.UTC(2101, 0, 2)); days += 1) {
    const date = new Date(days * DAY_MS)
    const { year, month, day } = civilFromDays(days)
    if (year !== date.getUTCFullYear() || month !== date.getUTCMonth() + 1 || day !== date.getUTCDate())
      wrong.push(days)
  }
  expect(wrong).toEqual([])
})

describe('phases', () => {
  test.each([
    ['dayPhase', dayPhase, '2025-06-10T00:00Z', 0],
    ['dayPhase', dayPhase, '2025-06-10T06:00Z', 0.25],
    ['dayPhase', dayPhase, '1969-12-31T18:00Z', 0.75],
    ['weekPhase', weekPhase, '2025-06-09T00:00Z', 0], // A Monday.
    ['weekPhase', weekPhase, '2025-06-15T12:00Z', 6.5 / 7],
    ['weekPhase', weekPhase, '1969-12-29T00:00Z', 0],
    ['monthPhase', monthPhase, '2025-06-01T00:00Z', 0],
    ['monthPhase', monthPhase, '2024-02-15T12:00Z', 0.5], // A leap year: 29 days.
    ['monthPhase', monthPhase, '2025-02-15T00:00Z', 0.5],
    ['yearPhase', yearPhase, '2025-01-01T00:00Z', 0],
    ['yearPhase', yearPhase, '2025-04-01T00:00Z', 0.25],
    ['yearPhase', yearPhase, '2025-12-16T12:00Z', 11.5 / 12],
  ])('%s(%#)', (_name, phase, at, expected) => {
    expect(phase(Date.parse(at))).toBeCloseTo(expected, 12)
  })

  test('lie in [0, 1), and their points on the circle move on without a jump', () => {
    for (const phase of [dayPhase, weekPhase, monthPhase, yearPhase]) {
      let [x, y, farthest] = [1, 0, 0]
      for (let at = Date.UTC(2024, 0, 1); at < Date.UTC(2025, 2, 2); at += 60_000 * 30) {
        const share = phase(at)
        if (!(share >= 0 && share < 1)) throw new Error(`phase ${share} at ${at}`)
        const [cos, sin] = [onCircle('cos', share), onCircle('sin', share)]
        farthest = Math.max(farthest, Math.hypot(cos - x, sin - y))
        ;[x, y] = [cos, sin]
      }
      expect(farthest).toBeLessThanOrEqual((2 * Math.PI) / 48)
    }
  })
})

test.each([
  [0, 28_800_000, 480],
  [28_799_999, 28_800_000, 1 / 60_000],
  [28_800_000, 28_800_000, 0],
  [28_800_001, 28_800_000, 0],
  [5, Number.NaN, Number.NaN],
])('minutesToFunding(%d, %d) = %d', (at, next, expected) => {
  expect(minutesToFunding(at, next)).toBe(expected)
})

test.each([
  ['asia', '00:00', 1],
  ['asia', '08:59:59.999', 1],
  ['asia', '09:00', 0],
  ['europe', '06:59:59.999', 0],
  ['europe', '07:00', 1],
  ['america', '21:59', 1],
  ['america', '22:00', 0],
] as const)('%s at %s: %d', (session, time, expected) => {
  expect(inSession(session, Date.parse(`2025-06-10T${time}Z`))).toBe(expected)
})
