import { InputError } from '../../core/errors.ts'

/** A table of numbers, one row per time, oldest first. */
export interface SeriesTable {
  readonly rows: number
  readonly channels: number
  /** [rows, channels] row-major, in the units of the file. */
  readonly values: Float64Array
}

/**
 * Reads comma-separated text: either a header whose first column is `date`, which is skipped, or bare numbers without a header. Throws
 * `InputError` naming the line.
 */
export function parseSeries(text: string): SeriesTable {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  const first = lines[0]?.split(',') ?? []
  const isDated = first[0]?.trim() === 'date'
  const skipped = isDated ? 1 : 0
  const channels = first.length - skipped
  const rows = lines.length - skipped
  if (rows < 1 || channels < 1) throw new InputError('series: no rows of comma-separated numbers', { rows, channels })
  const values = new Float64Array(rows * channels)
  for (let row = 0; row < rows; row += 1) {
    const cells = lines[row + skipped]!.split(',').slice(skipped)
    values.set(numbersOf(cells, channels, row + skipped + 1), row * channels)
  }
  return { rows, channels, values }
}

function numbersOf(cells: readonly string[], channels: number, line: number): readonly number[] {
  if (cells.length !== channels) {
    throw new InputError(`series line ${line} has ${cells.length} values; the first has ${channels}`, { line })
  }
  return cells.map((cell) => {
    const value = cell.trim() === '' ? Number.NaN : Number(cell)
    if (!Number.isFinite(value)) {
      throw new InputError(`series line ${line}: "${cell.trim()}" is no finite number`, { line })
    }
    return value
  })
}
