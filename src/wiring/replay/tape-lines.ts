import { readTape, type Tape } from '../../adapters/tape/read-tape.ts'
import type { TapeCursor } from '../../adapters/tape/tape-cursor.ts'
import type { TapeFrame } from '../../adapters/tape/tape-frame.ts'
import { check } from '../../core/check.ts'

/** Lines that a look ahead may pass: a decision's inputs stand a few lines behind the watermark that closed its bars. */
export const AHEAD_MAX = 100_000

/** The lines of a chain of tapes, in order, with a look ahead. */
export interface TapeLines extends TapeCursor {
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

export const tapeLines = (files: readonly string[]): TapeLines => new Lines(files)

class Lines implements TapeLines {
  readonly #files: readonly string[]
  readonly #tapes: Tape[] = []
  /** At most `AHEAD_MAX` of them. */
  readonly #waiting: Waiting[] = []
  #cursor: TapeCursor | undefined
  #isReading = false

  constructor(files: readonly string[]) {
    this.#files = files
  }

  get truncatedLines(): number {
    return this.#tapes.reduce((total, tape) => total + tape.truncatedLines, 0)
  }

  get truncatedMembers(): number {
    return this.#tapes.reduce((total, tape) => total + tape.truncatedMembers, 0)
  }

  take(): TapeFrame | undefined {
    return this.#waiting.length > 0 ? this.#waiting.shift()?.line : this.#cursor?.take()
  }

  async read(): Promise<boolean> {
    check(!this.#isReading, 'readings of tapes at once', 2)
    this.#isReading = true
    try {
      return (await this.#cursor?.read()) || this.#nextTape()
    } finally {
      this.#isReading = false
    }
  }

  #nextTape(): boolean {
    const file = this.#files[this.#tapes.length]
    if (file === undefined) return false
    const tape = readTape(file)
    this.#tapes.push(tape)
    this.#cursor = tape.cursor()
    return true
  }

  async close(): Promise<void> {
    await this.#cursor?.close()
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
    let line = this.#cursor?.take()
    while (!line && (await this.read())) line = this.#cursor?.take()
    if (!line) return undefined
    const next = { line, file: this.#tapes.at(-1)?.file ?? '' }
    this.#waiting.push(next)
    return next
  }
}
