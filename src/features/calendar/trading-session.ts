import { shareOfDay } from './civil-date.ts'

export type TradingSession = 'asia' | 'europe' | 'america'

/** Hours of the UTC day, [from, to): the usual rough blocks. They do not follow daylight saving time and run on weekends too. */
const HOURS: Readonly<Record<TradingSession, readonly [from: number, to: number]>> = {
  asia: [0, 9],
  europe: [7, 16],
  america: [13, 22],
}

/** 1 within the session's hours, else 0. `at`: milliseconds since the epoch. */
export function inSession(session: TradingSession, at: number): 0 | 1 {
  const [from, to] = HOURS[session]
  const hour = 24 * shareOfDay(at)
  return hour >= from && hour < to ? 1 : 0
}
