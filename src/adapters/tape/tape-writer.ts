import { basename, join } from 'node:path'
import { check } from '../../core/check.ts'
import type { Clock } from '../../core/clock.port.ts'
import { messageOf } from '../../core/errors.ts'
import type { EpochMs } from '../../core/units.ts'
import { LINE_MAX } from './read-tape.ts'
import { controlText, type SessionRecord, type TapeControl } from './tape-control.ts'
import { createTapeFile, type TapeFile } from './tape-file.ts'
import { nsText } from './tape-time.ts'

export interface TapeWriterOptions {
  readonly dir: string
  /** Files are named `<prefix>-<UTC start>.gz`. */
  readonly prefix: string
  /** A new file begins at each multiple of this in UTC, milliseconds. */
  readonly rotateMs: number
  /** And when a file has got so long, compressed bytes; passed by one member at most. */
  readonly rotateBytes: number
  /** A line is on disk so long after it came, unless the disk is slower, milliseconds. */
  readonly fsyncMs?: number
  /** Lines that wait for the disk, characters (bytes of the ASCII that venues send). Past it lines are dropped and told. */
  readonly queueBytesMax: number
  readonly clock: Clock
  readonly session: Omit<SessionRecord, 'kind' | 'fileNumber' | 'previousFile'>
  /** The disk failed (it is tried again), or lines begin to be dropped. Must not throw. */
  readonly onError: (error: Error) => void
}

/** What is on disk, and what is not. */
export interface TapeCounts {
  readonly files: readonly string[]
  readonly frames: number
  readonly controls: number
  /** Compressed, on disk. */
  readonly bytes: number
  /** Lines dropped. */
  readonly lost: number
}

export interface TapeWriter {
  /** JSON text as the venue sent it, parsed by somebody before. False when it had to be dropped. */
  frame(text: string, receivedAt: EpochMs): boolean
  control(record: TapeControl, receivedAt: EpochMs): boolean
  counts(): TapeCounts
  /** Writes what waits. Rejects when the disk does not take it. */
  close(): Promise<void>
}

/** Lines of one gzip member. */
interface Batch {
  /** Of the session, from 1. */
  readonly fileNumber: number
  readonly startedAt: EpochMs
  lines: string[]
  characters: number
  sealed: boolean
}

const FSYNC_MS = 1_000
/** Characters of a member: enough to compress well, little enough to unpack at once. */
const MEMBER_CHARACTERS = 1_048_576
/** Characters of the JSON of a line that the reader takes. */
const LENGTH_MAX = LINE_MAX - 20
const FILES_KEPT_MAX = 100_000

/** Writes tapes: gzip members of at most about a second each, on disk one after another. Throws `InputError` when it cannot begin. */
export async function createTapeWriter(options: TapeWriterOptions): Promise<TapeWriter> {
  const { fsyncMs = FSYNC_MS, rotateMs, rotateBytes, queueBytesMax } = options
  check(fsyncMs > 0 && rotateMs > 0 && rotateBytes > 0 && queueBytesMax > 0, 'settings of a tape writer', fsyncMs)
  const writer = new Writer(options, fsyncMs)
  await writer.start()
  return writer
}

class Writer implements TapeWriter {
  readonly #options: TapeWriterOptions
  readonly #waitMs: number
  readonly #files: string[] = []
  /** The oldest may be under way; the last takes new lines. Bounded by `queueBytesMax` together. */
  readonly #queue: Batch[] = []
  #waiting = 0
  #lost: { lines: number; characters: number; fromAt: EpochMs; toAt: EpochMs } | undefined
  readonly #count = { frames: 0, controls: 0, bytes: 0, lost: 0 }
  #file: TapeFile | undefined
  /** Number of `#file`, and of the file that new lines belong to. */
  #openNumber = 0
  #fileNumber = 0
  #fileStart = 0
  #previousFile: string | null = null
  #period = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #isFailing = false
  #isClosed = false

  constructor(options: TapeWriterOptions, fsyncMs: number) {
    this.#options = options
    // The other half is the disk's.
    this.#waitMs = fsyncMs / 2
  }

  /** The first file and its session line are on disk before anything comes. */
  async start(): Promise<void> {
    this.#begin(this.#options.clock.now())
    await this.#write(this.#queue[0]!)
    this.#queue.shift()
  }

  frame(text: string, receivedAt: EpochMs): boolean {
    // Between two values a raw line break is a blank; inside of a text JSON allows none.
    const one = text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]+/g, ' ') : text
    if (!this.#put(one, receivedAt)) return false
    this.#count.frames += 1
    return true
  }

  control(record: TapeControl, receivedAt: EpochMs): boolean {
    if (!this.#put(controlText(record), receivedAt)) return false
    this.#count.controls += 1
    return true
  }

  counts(): TapeCounts {
    return { ...this.#count, files: [...this.#files] }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    if (this.#lost) this.#tellLost(this.#lost.toAt)
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#writing
    try {
      await this.#drain()
    } finally {
      await this.#file?.close()
    }
  }

  #put(json: string, receivedAt: EpochMs): boolean {
    check(!this.#isClosed, 'writing to a tape', 'closed')
    const { queueBytesMax } = this.#options
    const length = json.length
    const isFull = this.#waiting + length > queueBytesMax
    // Once lines are lost, half of the queue must be free before others are taken: else every other one is lost.
    if (isFull || length > LENGTH_MAX || (this.#lost && this.#waiting > queueBytesMax / 2)) {
      this.#lose(length, receivedAt)
      return false
    }
    if (this.#lost) this.#tellLost(receivedAt)
    this.#add(json, receivedAt)
    return true
  }

  #lose(characters: number, at: EpochMs): void {
    this.#count.lost += 1
    if (this.#lost) {
      this.#lost.lines += 1
      this.#lost.characters += characters
      this.#lost.toAt = at
      return
    }
    this.#lost = { lines: 1, characters, fromAt: at, toAt: at }
    const rule = `at most ${this.#options.queueBytesMax} may wait for the disk, and ${LENGTH_MAX} be in a line`
    this.#options.onError(
      new Error(`a line of ${characters} characters was dropped with ${this.#waiting} waiting: ${rule}`),
    )
  }

  #tellLost(receivedAt: EpochMs): void {
    const lost = this.#lost!
    this.#lost = undefined
    this.#add(controlText({ kind: 'overflow', ...lost }), receivedAt)
    this.#count.controls += 1
  }

  #add(json: string, receivedAt: EpochMs): void {
    const isDue =
      Math.floor(receivedAt / this.#options.rotateMs) > this.#period ||
      (this.#openNumber === this.#fileNumber && (this.#file?.bytes ?? 0) >= this.#options.rotateBytes)
    if (isDue) this.#begin(receivedAt)
    this.#append(json, receivedAt)
    this.#arm()
  }

  /** What waits is written when it is much, or soon. */
  #arm(): void {
    if (this.#queue.length === 0 || this.#isClosed) return
    if (this.#waiting >= MEMBER_CHARACTERS && !this.#writing && !this.#isFailing) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), this.#waitMs)
  }

  /** A new file. Its session line cannot be dropped. */
  #begin(at: EpochMs): void {
    const last = this.#queue.at(-1)
    if (last) last.sealed = true
    this.#fileNumber += 1
    // Names must differ, and go on in their order when the clock is set back.
    this.#fileStart = Math.max(Math.floor(at), this.#fileStart + 1)
    this.#period = Math.floor(at / this.#options.rotateMs)
    const numbers = { fileNumber: this.#fileNumber, previousFile: this.#previousFile }
    this.#previousFile = basename(this.#pathAt(this.#fileStart))
    this.#append(controlText({ kind: 'session', ...this.#options.session, ...numbers }), at)
  }

  #append(json: string, at: EpochMs): void {
    const line = `${nsText(at)} ${json}\n`
    let batch = this.#queue.at(-1)
    if (!batch || batch.sealed || batch.characters >= MEMBER_CHARACTERS || batch.fileNumber !== this.#fileNumber) {
      if (batch) batch.sealed = true
      const startedAt = this.#fileStart as EpochMs
      batch = { fileNumber: this.#fileNumber, startedAt, lines: [], characters: 0, sealed: false }
      this.#queue.push(batch)
    }
    batch.lines.push(line)
    batch.characters += line.length
    this.#waiting += line.length
  }

  #pathAt(startedAt: number): string {
    const utc = new Date(startedAt).toISOString().replace(/[-:.]/g, '')
    return join(this.#options.dir, `${this.#options.prefix}-${utc}.gz`)
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing ??= this.#drain()
      .then(
        () => {
          this.#isFailing = false
        },
        (thrown: unknown) => {
          // The batch stays first in the queue; whoever comes meanwhile finds it fuller.
          this.#isFailing = true
          this.#options.onError(thrown instanceof Error ? thrown : new Error(messageOf(thrown)))
        },
      )
      .finally(() => {
        this.#writing = undefined
        this.#arm()
      })
  }

  /** Only what is there now: what comes meanwhile waits for company, else each line would be a member of its own. */
  async #drain(): Promise<void> {
    for (const batch of this.#queue) batch.sealed = true
    for (let batch = this.#queue[0]; batch?.sealed; batch = this.#queue[0]) {
      await this.#write(batch)
      this.#queue.shift()
    }
  }

  async #write(batch: Batch): Promise<void> {
    if (batch.fileNumber !== this.#openNumber) {
      const before = this.#file
      this.#file = undefined
      await before?.close()
      this.#file = await createTapeFile(this.#pathAt(batch.startedAt))
      this.#openNumber = batch.fileNumber
      if (this.#files.length < FILES_KEPT_MAX) this.#files.push(this.#file.path)
    }
    const file = this.#file!
    const before = file.bytes
    await file.append(batch.lines.join(''))
    this.#count.bytes += file.bytes - before
    this.#waiting -= batch.characters
  }
}
