import type { Converter } from '../../core/instrument.ts'
import type { EpochMs, Ticks } from '../../core/units.ts'
import { decimal, isObject, type Json, Malformed } from '../frame-fields.ts'

/** Enough for milliseconds until the year 33658, and a safe integer. */
const WHOLE = /^\d{1,15}$/
const ID_LENGTH_MAX = 64

/** Milliseconds since the epoch, written as text. */
export function timeText(data: Json, field: string): EpochMs {
  const text = data[field]
  if (typeof text === 'string' && WHOLE.test(text)) return Number(text) as EpochMs
  throw new Malformed(field, text, 'milliseconds since the epoch, as text')
}

/** A figure that the venue may leave out or blank: `NaN`, not said. */
export const decimalOrUnknown = (data: Json, field: string, positive: boolean): number =>
  data[field] === undefined || data[field] === '' ? Number.NaN : decimal(data, field, positive)

/** The same of an amount, at least 0. */
export function amountOrUnknown(data: Json, field: string): number {
  const value = decimalOrUnknown(data, field, false)
  if (value < 0) throw new Malformed(field, data[field], 'a decimal, at least 0')
  return value
}

/** `NaN` where the venue leaves it out, blank or `0`. */
export function timeOrUnknown(data: Json, field: string): number {
  const text = data[field]
  return text === undefined || text === '' || text === '0' ? Number.NaN : timeText(data, field)
}

/** An id written as text that says nothing of its order. */
export function idText(data: Json, field: string): string {
  const text = data[field]
  if (typeof text === 'string' && text.length > 0 && text.length <= ID_LENGTH_MAX) return text
  throw new Malformed(field, text, `a text of 1 to ${ID_LENGTH_MAX} characters`)
}

/** An id written as text that ascends while it is a number: a number up to 15 digits, else the text. */
export function ascendingId(data: Json, field: string): number | string {
  const text = idText(data, field)
  return WHOLE.test(text) ? Number(text) : text
}

/** A bankruptcy price is computed, not quoted, so it may lie between two ticks: the nearest, at least one. */
export function nearestTicks(data: Json, field: string, { tickSize }: Converter): Ticks {
  const count = Math.max(1, Math.round(decimal(data, field, true) / tickSize))
  if (Number.isSafeInteger(count)) return count as Ticks
  throw new Malformed(field, data[field], 'a price of fewer than 2^53 ticks')
}

export function objectIn(data: Json, field: string): Json {
  const value = data[field]
  if (isObject(value)) return value
  throw new Malformed(field, value, 'an object')
}

export function listIn(data: Json, field: string): readonly unknown[] {
  const value = data[field]
  if (Array.isArray(value)) return value as readonly unknown[]
  throw new Malformed(field, value, 'a list')
}

/** One entry of the list named `field`. */
export function rowOf(value: unknown, field: string): Json {
  if (isObject(value)) return value
  throw new Malformed(field, value, 'a list of objects')
}

export function expectText(data: Json, field: string, text: string): void {
  if (data[field] !== text) throw new Malformed(field, data[field], `${JSON.stringify(text)}, as the subscription says`)
}
