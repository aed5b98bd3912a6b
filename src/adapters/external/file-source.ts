import { type FileHandle, open } from 'node:fs/promises'
import { InputError, messageOf } from '../../core/errors.ts'
import type { Scheduler } from '../../core/scheduler.port.ts'
import type { ExternalReading, ExternalSource } from '../../features/external-series.port.ts'
import { type ExternalFormat, externalLine } from './external-line.ts'
import type { ReadingRules } from './external-reading.ts'

export interface FileSourceOptions extends ReadingRules {
  readonly path: string
  readonly format: ExternalFormat
  readonly scheduler: Scheduler
  /** How often the file is looked at, milliseconds. */
  readonly pollMs: number
}

/** Bytes read at once. */
const CHUNK_BYTES = 65_536
/** A longer line is refused. */
const LINE_BYTES_MAX = 4_096
/** Bytes at the end of a file that are read at the start: what is older is of no use. */
const TAIL_BYTES = 1_048_576

/**
 * Follows a file that another program appends to. A file that became shorter or another one is read from its beginning; a last line
 * without its end waits for it. A file that is not there yet is waited for.
 */
export function fileSource(options: FileSourceOptions): ExternalSource {
  const stop = new AbortController()
  let follower: Promise<void> | undefined
  return {
    async start(onReading, onProblem) {
      const reader = new TailReader(options, onReading, onProblem)
      await reader.read(true)
      follower = follow(reader, options, stop.signal)
    },
    async close() {
      stop.abort()
      await follower
    },
  }
}

async function follow(
  reader: TailReader,
  { scheduler, pollMs }: FileSourceOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await scheduler.sleep(pollMs, signal)
    if (!signal.aborted) await reader.read(false)
  }
}

class TailReader {
  readonly #options: FileSourceOptions
  readonly #onReading: (reading: ExternalReading) => void
  readonly #onProblem: (problem: string) => void
  #inode = 0
  /** Bytes of the file that have been read. */
  #offset = 0
  /** Beginning of a line that has not ended yet. */
  #rest = Buffer.alloc(0)
  /** Inside of a line that is refused, up to its end. */
  #skipping = false
  #trouble: string | undefined

  constructor(
    options: FileSourceOptions,
    onReading: (reading: ExternalReading) => void,
    onProblem: (problem: string) => void,
  ) {
    this.#options = options
    this.#onReading = onReading
    this.#onProblem = onProblem
  }

  /** Everything that has come since. At the start a folder, or a file that may not be read, is an `InputError`. */
  async read(isStart: boolean): Promise<void> {
    const { path } = this.#options
    let file: FileHandle | undefined
    try {
      file = await open(path, 'r')
      await this.#readNew(file, isStart)
      this.#trouble = undefined
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      const text = `${path}: ${code === 'ENOENT' ? 'not there yet' : messageOf(error)}`
      if (isStart && code !== 'ENOENT') throw new InputError(`external file ${text}`, { path }, error)
      // Said once, not at every look.
      if (text !== this.#trouble) this.#onProblem(text)
      this.#trouble = text
    } finally {
      await file?.close()
    }
  }

  async #readNew(file: FileHandle, isStart: boolean): Promise<void> {
    const { ino, size } = await file.stat()
    if (ino !== this.#inode || size < this.#offset) {
      this.#inode = ino
      this.#rest = Buffer.alloc(0)
      this.#offset = isStart ? Math.max(0, size - TAIL_BYTES) : 0
      // Somewhere inside of a line.
      this.#skipping = this.#offset > 0
    }
    const chunk = Buffer.alloc(CHUNK_BYTES)
    while (this.#offset < size) {
      const { bytesRead } = await file.read(chunk, 0, Math.min(CHUNK_BYTES, size - this.#offset), this.#offset)
      if (bytesRead === 0) return
      this.#offset += bytesRead
      this.#take(chunk.subarray(0, bytesRead))
    }
  }

  #take(bytes: Buffer): void {
    let from = 0
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      this.#line(Buffer.concat([this.#rest, bytes.subarray(from, end)]))
      this.#rest = Buffer.alloc(0)
      this.#skipping = false
      from = end + 1
    }
    if (this.#skipping) return
    this.#rest = Buffer.concat([this.#rest, bytes.subarray(from)])
    if (this.#rest.length <= LINE_BYTES_MAX) return
    this.#refuse(`a line must have at most ${LINE_BYTES_MAX} bytes`)
    this.#rest = Buffer.alloc(0)
    this.#skipping = true
  }

  #line(bytes: Buffer): void {
    if (this.#skipping) return
    if (bytes.length > LINE_BYTES_MAX) {
      this.#refuse(`a line must have at most ${LINE_BYTES_MAX} bytes`)
      return
    }
    const result = externalLine(bytes.toString('utf8'), this.#options.format, this.#options)
    if (result === undefined) return
    if ('refused' in result) this.#refuse(result.refused)
    else this.#onReading(result)
  }

  #refuse(rule: string): void {
    this.#onProblem(`${this.#options.path} before byte ${this.#offset}: ${rule}`)
  }
}
