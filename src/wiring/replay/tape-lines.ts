import { readTape, type Tape, type TapeFrame } from '../../adapters/tape/read-tape.ts'

/** Lines that a look ahead may pass: a decision's inputs stand a few lines behind the watermark that closed its bars. */
export const AHEAD_MAX = 100_000

/** The lines of a chain of tapes, in order, with a look ahead. */
export interface TapeLines extends AsyncIterable<TapeFrame> {
  /** The first line ahead for which `is` holds; undefined when `AHEAD_MAX` lines ahead or up to the end none does. It stays in its place. */
  ahead(is: (line: TapeFrame) => boolean): Promise<TapeFrame | undefined>
  /** Of the files read so far. */
  readonly truncatedLines: number
  readonly truncatedMembers: number
}

export function tapeLines(files: readonly string[]): TapeLines {
  const waiting: TapeFrame[] = []
  const tapes: Tape[] = []
  const source = chain(files, tapes)
  const sum = (key: 'truncatedLines' | 'truncatedMembers') => tapes.reduce((total, tape) => total + tape[key], 0)
  return {
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const line = waiting.shift() ?? (await source.next()).value
        if (!line) return
        yield line
      }
    },
    async ahead(is) {
      for (let at = 0; at < AHEAD_MAX; at += 1) {
        const line = waiting[at] ?? (await source.next()).value
        if (!line) return undefined
        if (at === waiting.length) waiting.push(line)
        if (is(line)) return line
      }
      return undefined
    },
    get truncatedLines() {
      return sum('truncatedLines')
    },
    get truncatedMembers() {
      return sum('truncatedMembers')
    },
  }
}

async function* chain(files: readonly string[], tapes: Tape[]): AsyncGenerator<TapeFrame, undefined> {
  for (const file of files) {
    const tape = readTape(file)
    tapes.push(tape)
    yield* tape
  }
}
