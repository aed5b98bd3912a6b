import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { Bar } from '../../market/bar.ts'
import { BarCursor } from './bar-cursor.ts'
import { BarGate, type BarSpan } from './bar-gate.ts'
import { type BarLogFile, type BarLogPlace, barLogFiles } from './bar-log-place.ts'

/** How far the exchange's clock may be from the local one, by which files are named, milliseconds. */
const CLOCKS_MS_MAX = 3_600_000

/**
 * The bars of a log, those that closed together at once, in the order in which the daemon's features saw them; several runs of the daemon
 * one after another. A damaged end of a file is left out. Throws `InputError` naming file and line for rot in the middle, and for files
 * whose venue or steps differ.
 */
export async function* readBars(
  place: BarLogPlace,
  symbols: readonly InstrumentSymbol[],
  span: BarSpan = {},
): AsyncGenerator<readonly Bar[]> {
  const gate = new BarGate(span)
  for (const { path } of within(await barLogFiles(place), span)) yield* fileBars(path, place, symbols, gate)
}

/** The bars of one file that pass `gate`. `bytesMax`: nothing behind it is read. */
export async function* fileBars(
  path: string,
  place: BarLogPlace,
  symbols: readonly InstrumentSymbol[],
  gate: BarGate,
  bytesMax?: number,
): AsyncGenerator<readonly Bar[]> {
  const cursor = await BarCursor.open(path, place, symbols, bytesMax)
  try {
    for (let lines = await cursor?.next(); cursor && lines; lines = await cursor.next()) {
      if (cursor.isOther) return
      yield* passed(lines, cursor, path, gate)
    }
  } finally {
    await cursor?.close()
  }
}

/** What is new of the lines of a member. */
export function passed(
  lines: readonly (readonly Bar[])[],
  { session, isOther }: BarCursor,
  path: string,
  gate: BarGate,
): readonly (readonly Bar[])[] {
  if (!session || isOther) return []
  gate.admit(session, path)
  return lines.map((bars) => gate.pass(bars, session.startedAt)).filter((bars) => bars.length > 0)
}

/** The files that may hold bars of a span. */
export const within = (
  files: readonly BarLogFile[],
  { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: BarSpan,
): readonly BarLogFile[] =>
  files.filter(({ startedAt }, at) => {
    const next = files[at + 1]
    return startedAt - CLOCKS_MS_MAX <= to && !(next && next.startedAt + CLOCKS_MS_MAX <= from)
  })
