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

type Read = IteratorResult<TapeFrame, undefined>

export const tapeLines = (files: readonly string[]): TapeLines => new Lines(files)

/** By hand, without a generator: another one around the tape's own would cost as much as parsing a line. */
class Lines implements TapeLines, AsyncIterator<TapeFrame, undefined> {
  readonly #files: readonly string[]
  readonly #tapes: Tape[] = []
  /** At most `AHEAD_MAX` of them. */
  readonly #waiting: Waiting[] = []
  #source: AsyncIterator<TapeFrame> | undefined

  constructor(files: readonly string[]) {
    this.#files = files
  }

  get truncatedLines(): number {
    return this.#tapes.reduce((total, tape) => total + tape.truncatedLines, 0)
  }

  get truncatedMembers(): number {
    return this.#tapes.reduce((total, tape) => total + tape.truncatedMembers, 0)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<Read> {
    const first = this.#waiting.shift()
    return first ? Promise.resolve({ done: false, value: first.line }) : this.#read()
  }

  async return(): Promise<Read> {
    await this.#source?.return?.()
    return { done: true, value: undefined }
  }

  async ahead(is: (line: TapeFrame, file: string) => boolean): Promise<TapeFrame | undefined> {
    for (let index = 0; index < AHEAD_MAX; index += 1) {
      const next = this.#waiting[index] ?? (await this.#wait())
      if (!next) return undefined
      if (is(next.line, next.file)) return next.line
    }
    return undefined
  }

  async #wait(): Promise<Waiting | undefined> {
    const { done, value: line } = await this.#read()
    if (done) return undefined
    const next = { line, file: this.#tapes.at(-1)?.file ?? '' }
    this.#waiting.push(next)
    return next
  }

  #read(): Promise<Read> {
    const source = this.#source
    return source ? source.next().then((result) => (result.done ? this.#nextTape() : result)) : this.#nextTape()
  }

  #nextTape(): Promise<Read> {
    const file = this.#files[this.#tapes.length]
    if (file === undefined) return Promise.resolve({ done: true, value: undefined })
    const tape = readTape(file)
    this.#tapes.push(tape)
    this.#source = tape[Symbol.asyncIterator]()
    return this.#read()
  }
}
