import { readTape, type Tape, type TapeFrame } from '../../adapters/tape/read-tape.ts'

/** Lines that a look ahead may pass: a decision's inputs stand a few lines behind the watermark that closed its bars. */
export const AHEAD_MAX = 100_000

/** The lines of a chain of tapes, in order, with a look ahead. */
export interface TapeLines extends AsyncIterable<TapeFrame> {
  /** The first line ahead for which `is` holds; undefined when `AHEAD_MAX` lines ahead or up to the end none does. It stays in its place. */
  ahead(is: (line: TapeFrame, file: string) => boolean): Promise<TapeFrame | undefined>
  /** Of the files read so far. */
  readonly truncatedLines: number
  readonly truncatedMembers: number
}

/** A line that was looked at ahead of its time. */
interface Waiting {
  readonly line: TapeFrame
  readonly file: string
}

export function tapeLines(files: readonly string[]): TapeLines {
  const waiting: Waiting[] = []
  const tapes: Tape[] = []
  const source = chain(files, tapes)
  const sum = (key: 'truncatedLines' | 'truncatedMembers') => tapes.reduce((total, tape) => total + tape[key], 0)
  /** At most `AHEAD_MAX` lines wait. */
  async function waitingAt(index: number): Promise<Waiting | undefined> {
    const known = waiting[index]
    if (known) return known
    const { value: line } = await source.next()
    if (!line) return undefined
    const next = { line, file: tapes.at(-1)?.file ?? '' }
    waiting.push(next)
    return next
  }
  return {
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const line = waiting.shift()?.line ?? (await source.next()).value
        if (!line) return
        yield line
      }
    },
    async ahead(is) {
      for (let index = 0; index < AHEAD_MAX; index += 1) {
        const next = await waitingAt(index)
        if (!next) return undefined
        if (is(next.line, next.file)) return next.line
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
