/** Number of `step`s in a decimal written with digits and at most one point; `NaN` for anything else. */
export type StepCounter = (text: unknown) => number

const POINT = 46
const ZERO = 48
const DIGITS_MAX = 24
const powers = Array.from({ length: DIGITS_MAX + 1 }, (_, exponent) => 10 ** exponent)

/** Whole steps only: `NaN` for what is no multiple. */
export function stepCounter(step: string): StepCounter {
  const ratio = stepRatio(step)
  return (text) => {
    const count = ratio(text)
    return Number.isSafeInteger(count) ? count : Number.NaN
  }
}

/**
 * Fractions of a step too, below 2^53 steps. The exact quotient, rounded once: equal prices give equal numbers, however many zeros
 * they are written with, and multiples give whole ones.
 *
 * Exact integer arithmetic instead of `Number(text) / step`: several times faster, and it refuses what `Number` accepts
 * (empty text, blanks, signs, exponents, hexadecimal). Mantissas above 2^53 are refused too. `step`: a decimal > 0, e.g. `0.10`.
 */
export function stepRatio(step: string): StepCounter {
  const [whole = '', fraction = ''] = step.split('.')
  const decimals = fraction.replace(/0+$/, '')
  const stepMantissa = Number(whole + decimals)
  const stepDecimals = decimals.length
  return (text) => {
    if (typeof text !== 'string') return Number.NaN
    const { length } = text
    if (length === 0 || length > DIGITS_MAX) return Number.NaN
    let mantissa = 0
    let pointAt = -1
    for (let at = 0; at < length; at += 1) {
      const digit = text.charCodeAt(at) - ZERO
      if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit
      else if (digit === POINT - ZERO && pointAt < 0 && length > 1) pointAt = at
      else return Number.NaN
    }
    const shift = stepDecimals - (pointAt < 0 ? 0 : length - 1 - pointAt)
    const count = shift >= 0 ? (mantissa * powers[shift]!) / stepMantissa : mantissa / (powers[-shift]! * stepMantissa)
    return mantissa <= Number.MAX_SAFE_INTEGER && count <= Number.MAX_SAFE_INTEGER ? count : Number.NaN
  }
}
