import { InputError } from '../../core/errors.ts'

/** A piece of an indicator's memory, or an indicator as a piece of another. */
export interface Part {
  /** Numbers that `save` gives, always. */
  readonly length: number
  clear(): void
  save(): readonly number[]
  /** `state` has `length` numbers. Throws `InputError` for a state that `save` cannot have given. */
  restore(state: readonly number[]): void
}

/** A count read from a saved state. Throws `InputError` unless it is a whole number in [0, max]. */
export function savedCount(what: string, value: number | undefined, max: number): number {
  if (value === undefined || !Number.isSafeInteger(value) || value < 0 || value > max) {
    throw new InputError(`saved state: ${what} was ${value}; it must be a whole number from 0 to ${max}`, {
      what,
      value,
    })
  }
  return value
}
