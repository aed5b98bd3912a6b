import { z } from 'zod'
import { InputError } from '../core/errors.ts'

/** A number as JSON keeps it: the same bits come back, those of NaN, of the infinities and of −0 too, which JSON has no way to write. */
export type SavedNumber = z.infer<typeof savedNumber>

export const savedNumber = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity', '-0'])])

/** A list of exactly `length` numbers. */
export const savedNumbers = (length: number): z.ZodArray<typeof savedNumber> => z.array(savedNumber).length(length)

export function saveNumber(value: number): SavedNumber {
  if (Object.is(value, -0)) return '-0'
  return Number.isFinite(value) ? value : (String(value) as SavedNumber)
}

export const saveNumbers = (values: ArrayLike<number>): SavedNumber[] => Array.from(values, saveNumber)

export const loadNumbers = (saved: readonly SavedNumber[]): number[] => saved.map(Number)

/** Throws `InputError`: `what` was saved by another version, or the file is damaged. */
export function loadState<State>(schema: z.ZodType<State>, saved: unknown, what: string): State {
  const parsed = schema.safeParse(saved)
  if (parsed.success) return parsed.data
  throw new InputError(`the saved ${what} cannot be restored: ${z.prettifyError(parsed.error)}`, { what })
}
