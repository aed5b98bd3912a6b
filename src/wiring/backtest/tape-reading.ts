import { readTape, type Tape } from '../../adapters/tape/read-tape.ts'
import type { TapeCursor } from '../../adapters/tape/tape-cursor.ts'
import type { TapeFrame } from '../../adapters/tape/tape-frame.ts'
import { type EpochMs, epochMs } from '../../core/units.ts'

/** What was read of one file. Times are those of the recorder. */
export interface TapeTally {
  readonly tape: Tape
  lines: number
  from: EpochMs
  to: EpochMs
}

export interface ReadingOptions {
  /** The first line received after it ends the reading, milliseconds since the epoch. */
  readonly untilAt?: number
  readonly isStopped?: () => boolean
  /** 0 to 1, after each file. */
  readonly onProgress?: (share: number) => void
}

/** The lines of a chain of tapes, once, and what was read. */
export class TapeReading implements TapeCursor {
  /** Of the files that were begun. */
  readonly tallies: TapeTally[] = []
  readonly #files: readonly string[]
  readonly #options: ReadingOptions
  #begun = 0
  #tape: Tape | undefined
  #tally: TapeTally | undefined
  #cursor: TapeCursor | undefined
  #isOver = false

  constructor(files: readonly string[], options: ReadingOptions = {}) {
    this.#files = files
    this.#options = options
  }

  /** Arrival of the first line and of the last; both 0 before there are any. */
  get span(): { readonly from: EpochMs; readonly to: EpochMs } {
    const to = Math.max(0, ...this.tallies.map((tally) => tally.to))
    return { from: this.tallies[0]?.from ?? epochMs(0), to: epochMs(to) }
  }

  take(): TapeFrame | undefined {
    const line = this.#isOver ? undefined : this.#cursor?.take()
    if (!line) return undefined
    const { untilAt = Number.POSITIVE_INFINITY, isStopped } = this.#options
    const { receivedAt } = line
    if (receivedAt > untilAt || isStopped?.()) {
      this.#isOver = true
      return undefined
    }
    const tally = this.#tally ?? this.#begin(receivedAt)
    tally.lines += 1
    if (receivedAt > tally.to) tally.to = receivedAt
    return line
  }

  async read(): Promise<boolean> {
    if (this.#isOver) return false
    if (this.#cursor) {
      if (await this.#cursor.read()) return true
      this.#options.onProgress?.(this.#begun / this.#files.length)
    }
    const file = this.#files[this.#begun]
    if (file === undefined) return false
    this.#begun += 1
    this.#tally = undefined
    this.#tape = readTape(file)
    this.#cursor = this.#tape.cursor()
    return true
  }

  async close(): Promise<void> {
    await this.#cursor?.close()
  }

  #begin(from: EpochMs): TapeTally {
    const tally: TapeTally = { tape: this.#tape!, lines: 0, from, to: epochMs(0) }
    this.#tally = tally
    this.tallies.push(tally)
    return tally
  }
}
