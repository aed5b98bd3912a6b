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

const ZERO = 48
const NINE = 57

/**
 * The time that the first `length` characters of `text` are: 13 digits (ms), 16 (µs) or 19 (ns). Undefined for anything else. Digit by
 * digit, for this runs for every line, and 19 of them do not fit a double: whole milliseconds and the rest are counted apart.
 */
export function receiveTime(text: string, length: number): EpochMs | undefined {
  const fractionDigits = length - MS_DIGITS
  if (fractionDigits !== 0 && fractionDigits !== 3 && fractionDigits !== NS_DIGITS) return undefined
  let ms = 0
  let fraction = 0
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at)
    if (!(code >= ZERO && code <= NINE)) return undefined
    if (at < MS_DIGITS) ms = ms * 10 + (code - ZERO)
    else fraction = fraction * 10 + (code - ZERO)
  }
  return (fractionDigits === 0 ? ms : ms + fraction / 10 ** fractionDigits) as EpochMs
}
