import type { Converter, InstrumentSymbol } from '../core/instrument.ts'
import type { EpochMs, Lots, Ticks } from '../core/units.ts'
import { type StepCounter, stepCounter, stepRatio } from './decimal.ts'
import type { FrameOutcome } from './frame-mapper.ts'

export type Json = Readonly<Record<string, unknown>>

/** Symbol of one instrument with its exact decimal readers. */
export interface Reader {
  readonly symbol: InstrumentSymbol
  readonly ticks: StepCounter
  /** Of prices that stand in a book, which may lie between two ticks: see `Levels`. */
  readonly bookTicks: StepCounter
  readonly lots: StepCounter
}

const VALUE_TEXT_MAX = 80
/** A venue's book has a thousand levels a side; a frame with more than this is no book. */
const LEVELS_MAX = 20_000

/** Thrown and caught inside of a mapper only: a frame has many fields, and each may be wrong. */
export class Malformed extends Error {
  readonly field: string
  readonly value: unknown
  readonly rule: string
  constructor(field: string, value: unknown, rule: string) {
    super(field)
    this.field = field
    this.value = value
    this.rule = rule
  }
}

/** What the mapper says of a frame that broke a rule; anything else thrown is a bug and goes on. */
export function malformed(thrown: unknown, symbol: InstrumentSymbol | undefined): FrameOutcome {
  if (!(thrown instanceof Malformed)) throw thrown
  const { field, value, rule } = thrown
  return { kind: 'malformed', ...(symbol === undefined ? {} : { symbol }), field, value: textOf(value), rule }
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Readers by venue symbol, each made once; none for a symbol that is not ours. */
export function readers(converters: ReadonlyMap<string, Converter>): (venueSymbol: unknown) => Reader | undefined {
  const made = new Map<string, Reader>()
  return (venueSymbol) => {
    if (typeof venueSymbol !== 'string') return undefined
    const known = made.get(venueSymbol)
    if (known) return known
    const instrument = converters.get(venueSymbol)?.instrument
    if (!instrument) return undefined
    const { symbol, tickSize, lotSize } = instrument
    const reader = { symbol, ticks: stepCounter(tickSize), bookTicks: stepRatio(tickSize), lots: stepCounter(lotSize) }
    made.set(venueSymbol, reader)
    return reader
  }
}

/** Rows `[price, size, …]` of decimal strings as flat ticks, fractions kept, and lots; `name` is said in the error. */
export function levels(rows: unknown, name: string, reader: Reader): number[] {
  if (!Array.isArray(rows)) throw new Malformed(name, rows, 'a list of [price, size]')
  if (rows.length > LEVELS_MAX) throw new Malformed(`${name}.length`, rows.length, `at most ${LEVELS_MAX} levels`)
  const flat: number[] = []
  for (const row of rows as readonly unknown[]) {
    if (!Array.isArray(row)) throw new Malformed(name, row, '[price, size]')
    const price = reader.bookTicks(row[0])
    // Not `price > 0 || throw`: NaN must fail too.
    if (!(price > 0)) throw new Malformed(`${name}.price`, row[0], 'a decimal above 0')
    const size = reader.lots(row[1])
    if (!(size >= 0)) throw new Malformed(`${name}.size`, row[1], 'a multiple of the lot size, at least 0')
    flat.push(price, size)
  }
  return flat
}

export function ticks(data: Json, field: string, reader: Reader): Ticks {
  const count = reader.ticks(data[field])
  if (count > 0) return count as Ticks
  throw new Malformed(field, data[field], 'a positive multiple of the tick size')
}

/** A best price: it is one of the book's levels, so it too may lie between two ticks. */
export function bookTicks(data: Json, field: string, reader: Reader): number {
  const count = reader.bookTicks(data[field])
  if (count > 0) return count
  throw new Malformed(field, data[field], 'a decimal above 0')
}

export function lots(data: Json, field: string, reader: Reader): Lots {
  const count = reader.lots(data[field])
  if (count >= 0) return count as Lots
  throw new Malformed(field, data[field], 'a multiple of the lot size, at least 0')
}

export function someLots(data: Json, field: string, reader: Reader): Lots {
  const count = lots(data, field, reader)
  if (count > 0) return count
  throw new Malformed(field, data[field], 'a multiple of the lot size above 0')
}

/** A whole number that came as a number. */
export function id(data: Json, field: string): number {
  const value = data[field]
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new Malformed(field, value, 'a whole number, at least 0')
}

/** Milliseconds since the epoch, as a number. */
export const time = (data: Json, field: string): EpochMs => id(data, field) as EpochMs

/** A decimal written as text. */
export function decimal(data: Json, field: string, positive: boolean): number {
  const text = data[field]
  const value = typeof text === 'string' && /^-?\d{1,20}(\.\d{1,20})?$/.test(text) ? Number(text) : Number.NaN
  if (positive ? value > 0 : Number.isFinite(value)) return value
  throw new Malformed(field, text, positive ? 'a decimal above 0' : 'a decimal')
}

export function textOf(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, VALUE_TEXT_MAX)
  try {
    return (JSON.stringify(value) ?? String(value)).slice(0, VALUE_TEXT_MAX)
  } catch {
    // JSON.parse takes any depth, JSON.stringify does not.
    return Array.isArray(value) ? 'a list nested too deep' : 'an object nested too deep'
  }
}
