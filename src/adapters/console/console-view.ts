import { type BarReport, barCells, headerLine, LEGEND } from './bar-line.ts'

export interface ConsoleView {
  /** One line for each closed bar, under a header that comes again every `HEADER_EVERY` lines; the units once, on top. */
  bar(report: BarReport): void
}

const HEADER_EVERY = 20
const PNL_COLUMN = 7
const DECISION_COLUMN = 5

const RESET = '\u001b[0m'
const COLOURS = {
  dim: '\u001b[2m',
  bold: '\u001b[1m',
  red: '\u001b[31m',
  green: '\u001b[32m',
  yellow: '\u001b[33m',
} as const
type Colour = keyof typeof COLOURS

/** Colours only where asked for: a terminal, and no `NO_COLOR` (no-color.org: set to anything but the empty string). */
export const wantsColour = (isTTY: boolean, env: Readonly<Record<string, string | undefined>>): boolean =>
  isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'

/** Writes through `out`, one line a call. */
export function consoleView(out: (line: string) => void, colour: boolean): ConsoleView {
  let lines = 0
  const paint = (text: string, name: Colour | undefined): string =>
    colour && name !== undefined ? `${COLOURS[name]}${text}${RESET}` : text
  return {
    bar: (report) => {
      if (lines === 0) out(paint(LEGEND, 'dim'))
      if (lines % HEADER_EVERY === 0) out(paint(headerLine(), 'bold'))
      lines++
      const cells = barCells(report).map((cell, column) => paint(cell, colourOf(column, report)))
      out(cells.join(' ').trimEnd())
    },
  }
}

function colourOf(column: number, { target, refusal, pnlQuote }: BarReport): Colour | undefined {
  if (column === DECISION_COLUMN) {
    if (target.kind === 'abstain') return 'dim'
    return refusal === undefined ? 'green' : 'yellow'
  }
  if (column !== PNL_COLUMN || pnlQuote === 0) return undefined
  return pnlQuote > 0 ? 'green' : 'red'
}
