import { rm } from 'node:fs/promises'
import { check } from '../../core/check.ts'
import type { Clock } from '../../core/clock.port.ts'
import { messageOf } from '../../core/errors.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { Bar } from '../../market/bar.ts'
import { TAPE_FORMAT } from '../tape/tape-control.ts'
import { createTapeWriter, type TapeWriter } from '../tape/tape-writer.ts'
import { barLine } from './bar-line.ts'
import { BAR_LOG_MODE, type BarLogPlace, barLogFiles, barStream } from './bar-log-place.ts'

export interface BarLogOptions extends BarLogPlace {
  /** Length of a bar, milliseconds; of event bars the expected one. */
  readonly barMs: number
  /** Those whose bars come: their steps stand in the first line of every file. */
  readonly instruments: readonly Instrument[]
  /** As ccxt names it. */
  readonly venueId: string
  /** E.g. `tickwright 0.3.0`. */
  readonly program: string
  /** Of a file, compressed; one begins at each UTC day too. Default 256 MB. */
  readonly rotateBytes?: number | undefined
  /** Of lines that wait for the disk, characters. Past it bars are dropped: a hole. Default 64 MiB. */
  readonly queueBytesMax?: number | undefined
  /** A bar is on disk so long after it came, unless the disk is slower, milliseconds. Default 1,000. */
  readonly fsyncMs?: number | undefined
  /** Files that hold only older bars are removed; absent: kept for ever. */
  readonly retentionDays?: number | undefined
  readonly clock: Clock
  /** A bar was dropped, the disk failed, or an old file could not be removed. Must not throw. */
  readonly onError: (error: Error) => void
}

/** Writes down every closed bar. */
export interface BarLog {
  /** Bars that the features step on together. Neither waits nor throws; after `close` it does nothing. */
  add(bars: readonly Bar[]): void
  /** Writes what waits. Never rejects: what could not be written is told to `onError`. */
  close(): Promise<void>
}

const DAY_MS = 86_400_000
const ROTATE_BYTES = 256e6
const QUEUE_BYTES_MAX = 64 * 1_024 * 1_024

/** The first file is on disk when it resolves. Rejects with `InputError` when the folder cannot be written. */
export async function createBarLog(options: BarLogOptions): Promise<BarLog> {
  const { dir, prefix, clock, rotateBytes = ROTATE_BYTES, queueBytesMax = QUEUE_BYTES_MAX, fsyncMs, onError } = options
  const { retentionDays = Number.POSITIVE_INFINITY } = options
  check(retentionDays > 0, 'retentionDays of a bar log', retentionDays)
  const writer = await createTapeWriter({
    ...{ dir, prefix, rotateBytes, queueBytesMax, clock, onError },
    rotateMs: DAY_MS,
    ...(fsyncMs !== undefined && { fsyncMs }),
    session: {
      format: TAPE_FORMAT,
      program: options.program,
      venueId: options.venueId,
      mode: BAR_LOG_MODE,
      instruments: options.instruments,
      streams: [barStream(options.bar), `barMs@${options.barMs}`],
      startedAt: clock.now(),
    },
  })
  return new DailyLog(options, writer, retentionDays * DAY_MS)
}

class DailyLog implements BarLog {
  readonly #options: BarLogOptions
  readonly #writer: TapeWriter
  readonly #keptMs: number
  #day = Number.NEGATIVE_INFINITY
  #removing: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(options: BarLogOptions, writer: TapeWriter, keptMs: number) {
    this.#options = options
    this.#writer = writer
    this.#keptMs = keptMs
    this.#removeOld(options.clock.now())
  }

  add(bars: readonly Bar[]): void {
    if (this.#isClosed || bars.length === 0) return
    const { clock, onError } = this.#options
    try {
      const now = clock.now()
      this.#writer.frame(barLine(this.#options, bars), now)
      this.#removeOld(now)
    } catch (thrown) {
      onError(asError(thrown))
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#writer.close().catch((thrown: unknown) => this.#options.onError(asError(thrown)))
    await this.#removing
  }

  /** Once a day. */
  #removeOld(now: number): void {
    const day = Math.floor(now / DAY_MS)
    if (day === this.#day || !Number.isFinite(this.#keptMs)) return
    this.#day = day
    this.#removing = this.#removing
      .then(() => removeBefore(this.#options, now - this.#keptMs))
      .catch((thrown: unknown) => this.#options.onError(asError(thrown)))
  }
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(messageOf(thrown)))

/** A file is old when the one after it was begun before `cutoff`; the newest stays. */
async function removeBefore(place: BarLogPlace, cutoff: number): Promise<void> {
  const files = await barLogFiles(place)
  for (const [at, { path }] of files.entries()) {
    const next = files[at + 1]
    if (next && next.startedAt <= cutoff) await rm(path, { force: true })
  }
}
