import { civilFromDays, daysSinceEpoch, shareOfDay } from '../../features/calendar/civil-date.ts'

const DAY_MS = 86_400_000
const TWO = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'))
/** `value` from 0 to 99. */
const two = (value: number): string => TWO[value]!

/** `2025-05-06`. `at`: milliseconds since the epoch. */
export function utcDay(at: number): string {
  const { year, month, day } = civilFromDays(daysSinceEpoch(at))
  return `${year}-${two(month)}-${two(day)}`
}

/** `2025-05-06 13:45`, seconds cut off. */
export function utcMinute(at: number): string {
  const minutes = Math.floor((shareOfDay(at) * DAY_MS + 0.5) / 60_000)
  return `${utcDay(at)} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** `2025-05-06T13:45:59.000Z`, whole milliseconds. */
export const utcIso = (at: number): string => utcIsoSeries()(at)

/** `utcIso` of times that follow each other: those of one day share its text. */
export function utcIsoSeries(): (at: number) => string {
  let day = Number.NaN
  let text = ''
  return (at) => {
    const whole = Math.floor(at)
    const today = daysSinceEpoch(whole)
    if (today !== day) text = utcDay(whole)
    day = today
    const ms = whole - today * DAY_MS
    const seconds = Math.floor(ms / 1_000)
    const minutes = Math.floor(seconds / 60)
    const millis = ms % 1_000
    const fraction = millis === 0 ? '000' : String(millis).padStart(3, '0')
    return `${text}T${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}.${fraction}Z`
  }
}

/** `5 min`, `3.2 h`, `12 d`: a length of time for people, two digits. */
export function spanText(ms: number): string {
  const [unit, size] = ms < 3_600_000 ? ['min', 60_000] : ms < 2 * DAY_MS ? ['h', 3_600_000] : ['d', DAY_MS]
  const value = ms / size
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} ${unit}`
}
