const COMMA = 44
const MINUS = 45
const POINT = 46
const ZERO = 48
/** More digits may not fit a double's 53 bits. */
const DIGITS_MAX = 16
const POWERS = Float64Array.from({ length: DIGITS_MAX + 1 }, (_, n) => 10 ** n)

/**
 * Reads a line of plain decimals, `bytes[from, to)`, into `row` of `columns`. `places`: for each cell the column, −1 where it is not
 * wanted. False when the line is anything else: then it must be read with care. Whole digits below 2^53 over a power of ten below 10^22,
 * both exact, divide to the nearest double (Clinger 1990, "How to read floating point numbers accurately").
 */
export function readDecimals(
  bytes: Uint8Array,
  from: number,
  to: number,
  places: Int32Array,
  columns: readonly Float64Array[],
  row: number,
): boolean {
  let at = from
  for (let cell = 0; cell < places.length; cell += 1) {
    const place = places[cell]!
    if (place < 0) {
      while (at < to && bytes[at] !== COMMA) at += 1
    } else {
      const isNegative = bytes[at] === MINUS
      if (isNegative) at += 1
      let whole = 0
      let digits = 0
      let point = -1
      for (; at < to; at += 1) {
        const digit = bytes[at]! - ZERO
        if (digit >= 0 && digit <= 9) {
          whole = whole * 10 + digit
          digits += 1
        } else if (bytes[at] === POINT && point < 0) point = digits
        else break
      }
      if (digits === 0 || digits > DIGITS_MAX || whole > Number.MAX_SAFE_INTEGER) return false
      const value = point < 0 ? whole : whole / POWERS[digits - point]!
      columns[place]![row] = isNegative ? -value : value
    }
    const isLast = cell === places.length - 1
    if (isLast ? at !== to : at >= to || bytes[at] !== COMMA) return false
    at += 1
  }
  return true
}
