import type { NumericParameter } from './search-space.ts'

/** Digits that survive low + k · step: 0.1 + 2 · 0.1 is 0.3 and not 0.30000000000000004. */
const STEP_DIGITS = 12

/**
 * A numeric parameter on the scale on which it is searched: the logarithm where it says so. A parameter with steps stands for
 * intervals of one step, so that its edges lie half a step outside.
 */
export interface NumericScale {
  readonly lowEdge: number
  readonly highEdge: number
  /** In units of the value; 0: continuous. */
  readonly step: number
  toScale(value: number): number
  /** The nearest value that the parameter can take. */
  fromScale(place: number): number
}

export function numericScale({ low, high, log, step = 0 }: NumericParameter): NumericScale {
  const toScale = log ? Math.log : (value: number) => value
  const clipped = (value: number): number => Math.min(Math.max(value, low), high)
  const stepped = (value: number): number =>
    Number((low + Math.round((value - low) / step) * step).toPrecision(STEP_DIGITS))
  return {
    lowEdge: toScale(low - step / 2),
    highEdge: toScale(high + step / 2),
    step,
    toScale,
    fromScale(place) {
      const value = log ? Math.exp(place) : place
      return clipped(step > 0 ? stepped(value) : value)
    },
  }
}
