import { check } from './check.ts'

declare const unit: unique symbol
type Unit<U extends string> = number & { readonly [unit]: U }

/** Milliseconds since the Unix epoch; the fraction keeps microseconds (a double resolves 0.25 µs there). */
export type EpochMs = Unit<'EpochMs'>
/** A price as a count of the instrument's tick size. Safe integer, > 0. */
export type Ticks = Unit<'Ticks'>
/** A size as a count of the instrument's lot size. Safe integer; signed where a position is meant. */
export type Lots = Unit<'Lots'>

export const epochMs = (value: number): EpochMs =>
  check(Number.isFinite(value) && value >= 0, 'EpochMs', value) as EpochMs
export const ticks = (value: number): Ticks => check(Number.isSafeInteger(value) && value > 0, 'Ticks', value) as Ticks
export const lots = (value: number): Lots => check(Number.isSafeInteger(value), 'Lots', value) as Lots

/** Side of an order, and of a trade its aggressor's. */
export type Side = 'buy' | 'sell'

/** +1 for a buy, −1 for a sell. */
export const signOf = (side: Side): 1 | -1 => (side === 'buy' ? 1 : -1)
export const opposite = (side: Side): Side => (side === 'buy' ? 'sell' : 'buy')
