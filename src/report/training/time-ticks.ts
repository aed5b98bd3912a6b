import { utcDay, utcMinute } from '../backtest/utc-text.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const STEPS = [1, 5, 15, 30, 60, 120, 240, 360, 720].map((minutes) => minutes * MINUTE)
const DAYS = [1, 2, 5, 10, 20, 30, 60, 91, 182, 365].map((days) => days * DAY)
const TICKS_MAX = 5

/** Some round moments within a span, milliseconds since the epoch, and how they are written: as finely as the span asks for. */
export function timeTicks(from: number, to: number): { readonly ticks: readonly number[]; text(at: number): string } {
  const width = to - from
  let step = [...STEPS, ...DAYS].find((each) => width / each <= TICKS_MAX) ?? 730 * DAY
  while (width / step > TICKS_MAX) step *= 2
  const first = Math.ceil(from / step)
  const count = Math.max(0, Math.floor(to / step) - first + 1)
  const ticks = Array.from({ length: count }, (_, i) => (first + i) * step)
  const [start, end] = width > 400 * DAY ? [0, 7] : step >= DAY ? [5, 10] : width > DAY ? [5, 16] : [11, 16]
  return { ticks, text: (at) => (end > 10 ? utcMinute(at) : utcDay(at)).slice(start, end) }
}
