import { InputError } from '../../core/errors.ts'
import type { Candle, Indicator, Pair } from './indicator.ts'
import type { Part } from './part.ts'

/** Inputs. A month of one-minute bars is 43,200; a window holds 16 bytes an input. */
export const PERIOD_MAX = 50_000
/** Products of sums of squares of such numbers are still finite. No price, size or rate comes near. */
const MAGNITUDE_MAX = 1e60

export const isUsable = (value: number): boolean => Math.abs(value) <= MAGNITUDE_MAX
export const isPositive = (value: number): boolean => value > 0 && value <= MAGNITUDE_MAX
export const isUsableRange = ({ high, low, close }: Candle): boolean =>
  isUsable(high) && isUsable(low) && isUsable(close)
export const isUsablePair = ({ own, other }: Pair): boolean => isUsable(own) && isUsable(other)

interface UnitSettings<Input, Output> {
  /** For messages. */
  readonly name: string
  /** Part of the saved state: it fits no unit with others. */
  readonly params: readonly number[]
  readonly warmUp: number
  readonly parts: readonly Part[]
  /** What `step` gives while the unit is not warm. */
  readonly blank: Output
  accepts(input: Input): boolean
  step(input: Input): Output
}

/** An indicator from its memory and its step: restarts on unusable input, saves `[...params, ...parts]`. */
export function unit<Input, Output>(settings: UnitSettings<Input, Output>): Indicator<Input, Output> & Part {
  const { name, params, warmUp, parts, blank, accepts, step } = settings
  const length = parts.reduce((total, part) => total + part.length, params.length)
  const clear = (): void => {
    for (const part of parts) part.clear()
  }
  return {
    warmUp,
    length,
    clear,
    step(input) {
      if (accepts(input)) return step(input)
      clear()
      return blank
    },
    save: () => [...params, ...parts.flatMap((part) => part.save())],
    restore(state) {
      if (state.length !== length) {
        throw new InputError(`saved state of ${name}: ${state.length} numbers; it must have ${length}`, { name })
      }
      const other = params.findIndex((value, at) => !Object.is(value, state[at]))
      if (other >= 0) {
        const [saved, own] = [state[other], params[other]]
        throw new InputError(`saved state of ${name}: parameter ${other + 1} was ${saved}; it must be ${own}`, { name })
      }
      let from = params.length
      try {
        for (const part of parts) {
          part.restore(state.slice(from, from + part.length))
          from += part.length
        }
      } catch (error) {
        clear()
        throw error
      }
    },
  }
}

/** Throws `InputError` unless `value` is a whole number of inputs in [min, PERIOD_MAX]. */
export function wholePeriod(name: string, value: number, min = 1): number {
  if (Number.isSafeInteger(value) && value >= min && value <= PERIOD_MAX) return value
  throw new InputError(`${name} was ${value}; it must be a whole number from ${min} to ${PERIOD_MAX}`, { name, value })
}
