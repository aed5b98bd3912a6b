import { TransientError } from '../../core/errors.ts'
import type { Converter } from '../../core/instrument.ts'
import { type EpochMs, epochMs, type Lots, lots, type Ticks, ticks } from '../../core/units.ts'

export type Fields = Readonly<Record<string, unknown>>

const VALUE_TEXT_MAX = 80
const DECIMAL = /^-?\d{1,20}(\.\d{1,20})?$/

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function fieldsOf(value: unknown, what: string): Fields {
  if (isFields(value)) return value
  throw wrong(what, value, 'an object')
}

export function rowsOf(value: unknown, what: string): readonly Fields[] {
  if (Array.isArray(value)) return value.map((row) => fieldsOf(row, what))
  throw wrong(what, value, 'a list')
}

const wrong = (field: string, value: unknown, rule: string): TransientError =>
  new TransientError(
    `the venue's ${field} was ${String(JSON.stringify(value)).slice(0, VALUE_TEXT_MAX)}; rule: ${rule}`,
  )

export function textIn(fields: Fields, key: string): string {
  const value = fields[key]
  if (typeof value === 'string' && value !== '') return value
  throw wrong(key, value, 'a text')
}

/** Ids of orders exceed 2^53 on some instruments: they are kept as text. */
export function idIn(fields: Fields, key: string): string {
  const value = fields[key]
  if (Number.isSafeInteger(value) || (typeof value === 'string' && /^\d{1,20}$/.test(value))) return String(value)
  throw wrong(key, value, 'a whole number')
}

/** Milliseconds since the epoch, venue clock. */
export function timeIn(fields: Fields, key: string): EpochMs {
  const value = Number(fields[key] ?? Number.NaN)
  if (Number.isFinite(value) && value >= 0) return epochMs(value)
  throw wrong(key, fields[key], 'milliseconds since the epoch')
}

export function flagIn(fields: Fields, key: string): boolean {
  const value = fields[key]
  if (typeof value === 'boolean') return value
  throw wrong(key, value, 'true or false')
}

export function decimalIn(fields: Fields, key: string): string {
  const value = fields[key]
  if (typeof value === 'string' && DECIMAL.test(value)) return value
  throw wrong(key, value, 'a decimal')
}

export function sideIn(fields: Fields, key: string): 'buy' | 'sell' {
  const value = fields[key]
  if (value === 'BUY' || value === 'SELL') return value === 'BUY' ? 'buy' : 'sell'
  throw wrong(key, value, 'BUY or SELL')
}

/** Signed lots. */
export function lotsIn(fields: Fields, key: string, convert: Converter): Lots {
  const text = decimalIn(fields, key)
  const count = convert.lots(text.replace('-', ''))
  if (Number.isNaN(count)) throw wrong(key, text, `a multiple of ${convert.instrument.lotSize}`)
  return lots(text.startsWith('-') && count !== 0 ? -count : count)
}

export function ticksIn(fields: Fields, key: string, convert: Converter): Ticks {
  const text = decimalIn(fields, key)
  const count = convert.ticks(text)
  if (Number.isNaN(count)) throw wrong(key, text, `a positive multiple of ${convert.instrument.tickSize}`)
  return ticks(count)
}

/** A limit price; 0 for an order without one. */
export const limitTicksIn = (fields: Fields, key: string, convert: Converter): number =>
  Number(decimalIn(fields, key)) === 0 ? 0 : ticksIn(fields, key, convert)

/** Parses JSON; whole numbers of 16 and more digits (order ids) stay text. Undefined when it is none. */
export function parseExact(text: string): unknown {
  try {
    return JSON.parse(text.replaceAll(/:\s*(\d{16,})\s*(?=[,}])/g, ':"$1"'))
  } catch {
    return undefined
  }
}
