import { check } from '../../core/check.ts'
import type { EpochMs } from '../../core/units.ts'

const MS_DIGITS = 13
const NS_DIGITS = 6
/** 13 digits reach to the year 2286. */
const MS_END = 10 ** MS_DIGITS
const NS_PER_MS = 1_000_000

/**
 * Nanoseconds since the epoch as 19 digits. Reading them with `receiveTime` gives back the very same double from 1970-05 on: doubles
 * there lie further apart than the half nanosecond that rounding may move them.
 */
export function nsText(at: EpochMs): string {
  check(at >= 0 && at < MS_END, 'receive time of a tape', at)
  let whole = Math.floor(at)
  let ns = Math.round((at - whole) * NS_PER_MS)
  if (ns === NS_PER_MS) {
    whole += 1
    ns = 0
  }
  return String(whole).padStart(MS_DIGITS, '0') + String(ns).padStart(NS_DIGITS, '0')
}

/** From 13 (ms), 16 (µs) or 19 (ns) digits; split so that none is lost, for 19 do not fit a double. */
export function receiveTime(digits: string): EpochMs {
  const fraction = digits.length === MS_DIGITS ? 0 : Number(digits.slice(MS_DIGITS)) / 10 ** (digits.length - MS_DIGITS)
  return (Number(digits.slice(0, MS_DIGITS)) + fraction) as EpochMs
}
