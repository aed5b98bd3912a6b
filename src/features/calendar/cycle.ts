import { civilFromDays, daysInMonth, daysSinceEpoch, shareOfDay } from './civil-date.ts'

/** Share of a cycle that has gone by at an exchange time (milliseconds since the epoch, UTC), [0, 1). */
export type Phase = (at: number) => number

/** 0 at midnight. */
export const dayPhase: Phase = shareOfDay

/** 0 at Monday's midnight; 1970-01-01 was a Thursday. */
export const weekPhase: Phase = (at) => {
  const days = daysSinceEpoch(at) + 3
  return (days - 7 * Math.floor(days / 7) + shareOfDay(at)) / 7
}

/** 0 at the first midnight of the month, whatever its length. */
export const monthPhase: Phase = (at) => {
  const date = civilFromDays(daysSinceEpoch(at))
  return (date.day - 1 + shareOfDay(at)) / daysInMonth(date)
}

/** 0 at New Year; each month is a twelfth. */
export const yearPhase: Phase = (at) => (civilFromDays(daysSinceEpoch(at)).month - 1 + monthPhase(at)) / 12

/** One coordinate of the phase on the circle, −1 … 1: both together have no jump where the cycle ends. */
export const onCircle = (part: 'sin' | 'cos', phase: number): number => Math[part](2 * Math.PI * phase)
