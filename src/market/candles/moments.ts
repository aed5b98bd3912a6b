import type { Layout } from './layout.ts'
import { badRow, type RawTable } from './table.ts'

/** A number of each size is a moment between 1973 and 5138 in this unit, and in no other. */
const UNITS = [
  { name: 'seconds', from: 1e8, perMs: 1e-3 },
  { name: 'milliseconds', from: 1e11, perMs: 1 },
  { name: 'microseconds', from: 1e14, perMs: 1e3 },
  { name: 'nanoseconds', from: 1e17, perMs: 1e6 },
] as const
const END = 1e20
const MS = UNITS[1]
const US = UNITS[2]

/**
 * Times of the rows, milliseconds. Where the layout or the column's type says the unit, others are converted; elsewhere a time in another
 * unit than milliseconds throws `InputError` with a hint. NaN and infinities stay as they are.
 */
export function momentsOf(table: RawTable, { timeUnit }: Layout): Float64Array {
  const { values, name, at } = table.columns.get('time')!
  const isMicroAllowed = timeUnit === 'ms or µs' && !table.shape.moments.has(at)
  const moments = new Float64Array(table.rows)
  for (let row = 0; row < table.rows; row += 1) {
    const value = values[row]!
    if (!Number.isFinite(value) || (value >= MS.from && value < US.from)) moments[row] = value
    else if (isMicroAllowed && value >= US.from && value < UNITS[3].from) moments[row] = value / US.perMs
    else throw badRow(table.shape, row, name, value, rule(value))
  }
  return moments
}

function rule(value: number): string {
  const unit = UNITS.findLast(({ from }) => value >= from && value < END)
  if (unit === undefined || unit === MS) return 'times are milliseconds since 1970'
  const change = unit.perMs < 1 ? `multiply by ${1 / unit.perMs}` : `divide by ${unit.perMs}`
  return `times are milliseconds since 1970; this looks like ${unit.name}: ${change}`
}
