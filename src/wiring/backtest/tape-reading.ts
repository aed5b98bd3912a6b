import { readTape, type Tape, type TapeFrame } from '../../adapters/tape/read-tape.ts'
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

/** The lines of a chain of tapes, one at a time and once, and what was read. */
export class TapeReading implements AsyncIterable<TapeFrame> {
  /** Of the files that were begun. */
  readonly tallies: TapeTally[] = []
  readonly #files: readonly string[]
  readonly #options: ReadingOptions

  constructor(files: readonly string[], options: ReadingOptions = {}) {
    this.#files = files
    this.#options = options
  }

  /** Arrival of the first line and of the last; both 0 before there are any. */
  get span(): { readonly from: EpochMs; readonly to: EpochMs } {
    const to = Math.max(0, ...this.tallies.map((tally) => tally.to))
    return { from: this.tallies[0]?.from ?? epochMs(0), to: epochMs(to) }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TapeFrame> {
    const { untilAt = Number.POSITIVE_INFINITY, isStopped = () => false, onProgress } = this.#options
    for (const file of this.#files) {
      const tape = readTape(file)
      const tally: TapeTally = { tape, lines: 0, from: epochMs(0), to: epochMs(0) }
      for await (const line of tape) {
        const { receivedAt } = line
        if (receivedAt > untilAt || isStopped()) return
        if (tally.lines === 0) {
          this.tallies.push(tally)
          tally.from = receivedAt
        }
        tally.lines += 1
        if (receivedAt > tally.to) tally.to = receivedAt
        yield line
      }
      onProgress?.(this.tallies.length / this.#files.length)
    }
  }
}
