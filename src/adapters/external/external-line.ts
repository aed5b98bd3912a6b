import { externalReading, type ReadingResult, type ReadingRules } from './external-reading.ts'

export type ExternalFormat = 'jsonl' | 'csv'

const HEADER = 'observedAt,series,value'

/** One line of a file; none for an empty one and for the header. CSV: `observedAt,series,value`, nothing quoted. */
export function externalLine(line: string, format: ExternalFormat, rules: ReadingRules): ReadingResult | undefined {
  const text = line.trim()
  if (text === '' || (format === 'csv' && text === HEADER)) return undefined
  if (format === 'csv') {
    const cells = text.split(',').map((cell) => cell.trim())
    const [observedAt = '', series, value = ''] = cells
    if (cells.length !== 3) return { refused: `${cells.length} cells; a line must have three: ${HEADER}` }
    return externalReading({ observedAt: numberOrText(observedAt), series, value: numberOrText(value) }, rules)
  }
  try {
    return externalReading(JSON.parse(text), rules)
  } catch {
    return { refused: 'a line must be one JSON object' }
  }
}

const numberOrText = (cell: string): number | string =>
  /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(cell) ? Number(cell) : cell
