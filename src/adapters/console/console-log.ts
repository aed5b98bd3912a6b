import { Writable } from 'node:stream'
import { type Colour, painter } from './paint.ts'

/** What the terminal shows elsewhere: the first and the last line of a run. */
const SAID_ELSEWHERE = new Set(['started', 'stopped'])
const LOOKS: Readonly<Record<string, readonly [mark: string, colour: Colour]>> = {
  error: ['✗', 'red'],
  warn: ['!', 'yellow'],
}
const QUIET = ['·', 'dim'] as const
const DETAIL_CHARS_MAX = 160

/**
 * Takes the logger's JSON lines and writes them for people, one short line each, between the bars of `consoleView`. Steps of an order
 * that only its fills make interesting are left out.
 */
export function consoleLog(out: (line: string) => void, colour: boolean): Writable {
  const paint = painter(colour)
  return new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _encoding, done) => {
      for (const line of String(chunk).split('\n')) {
        const shown = line === '' ? undefined : shownLine(line, paint)
        if (shown !== undefined) out(shown)
      }
      done()
    },
  })
}

function shownLine(line: string, paint: ReturnType<typeof painter>): string | undefined {
  const entry = parse(line)
  if (!entry) return line
  const { level, time, msg, ...rest } = entry
  const isQuiet = level === 'info' || level === 'debug'
  if (isQuiet && (SAID_ELSEWHERE.has(String(msg)) || rest['kind'] === 'order')) return undefined
  const [mark, colour] = LOOKS[String(level)] ?? QUIET
  // Alerts have a kind, and their text says it all.
  const detail = rest['kind'] === undefined && Object.keys(rest).length > 0 ? ` ${JSON.stringify(rest)}` : ''
  const text = `${String(time).slice(11, 19)} ${mark} ${String(msg)}`
  return paint(text + (detail.length > DETAIL_CHARS_MAX ? `${detail.slice(0, DETAIL_CHARS_MAX)}…` : detail), colour)
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
