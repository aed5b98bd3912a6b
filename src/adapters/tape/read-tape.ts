import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { InputError, messageOf } from '../../core/errors.ts'
import type { EpochMs } from '../../core/units.ts'
import { MEMBER_HEADER, memberLength } from './gzip-member.ts'
import { memberTexts } from './member-texts.ts'
import { CONTROL_PREFIX, parseControl } from './tape-control.ts'
import { linesOf, type TapeCursor } from './tape-cursor.ts'
import type { TapeFrame } from './tape-frame.ts'
import { receiveTime } from './tape-time.ts'

/** Lines `<receive time> <raw JSON>`, plain or gzip; the time in ns (19 digits), µs (16) or ms (13). */
export interface Tape extends AsyncIterable<TapeFrame> {
  readonly file: string
  /** 1 when the last line of a file that is otherwise whole broke off: the recorder was stopped in mid-write. */
  readonly truncatedLines: number
  /** 1 when the last gzip member of a tape of ours was cut: what was written in the last second or so is missing. */
  readonly truncatedMembers: number
  /** From the first line on; the counts begin anew. */
  cursor(): TapeCursor
}

/** Whether a line, as it stands in the file, is to be parsed and handed out. One that is not may be anything. */
export type LineFilter = (text: string) => boolean

/** Characters. The longest real line, a REST book of 1,000 levels, has 60,000. */
export const LINE_MAX = 4 * 1_024 * 1_024
const VALUE_TEXT_MAX = 60
const GZIP_MAGIC = 0x1f8b
/** Bytes of a decompressed piece: each costs a trip through the thread pool. */
const PIECE_BYTES = 256 * 1_024

/**
 * Reads in the order of the file, one decompressed piece and one line at a time. Reading throws `InputError` naming file, line,
 * value and rule: no such file, no tape, malformed line, truncated or corrupt gzip. Of our own tapes (`gzip-member.ts`) the end may be
 * cut off: that is counted, not thrown.
 */
export const readTape = (file: string, wants: LineFilter = () => true): Tape => new TapeFile(file, wants)

class TapeFile implements Tape {
  readonly file: string
  truncatedLines = 0
  truncatedMembers = 0
  readonly #wants: LineFilter

  constructor(file: string, wants: LineFilter) {
    this.file = file
    this.#wants = wants
  }

  cursor(): TapeCursor {
    this.truncatedLines = 0
    this.truncatedMembers = 0
    const wants = this.#wants
    return new FileCursor(this.file, {
      wants,
      onCutLine: () => {
        this.truncatedLines = 1
      },
      onCutMember: () => {
        this.truncatedMembers = 1
      },
    })
  }

  [Symbol.asyncIterator](): AsyncGenerator<TapeFrame> {
    return linesOf(this.cursor())
  }
}

interface CursorParts {
  readonly wants: LineFilter
  onCutLine(): void
  onCutMember(): void
}

class FileCursor implements TapeCursor {
  readonly #file: string
  readonly #parts: CursorParts
  #texts: AsyncIterator<string> | undefined
  /** Read, from `#from` on not handed out. */
  #text = ''
  #from = 0
  /** Lines that were passed. */
  #line = 0
  #isEnded = false

  constructor(file: string, parts: CursorParts) {
    this.#file = file
    this.#parts = parts
  }

  take(): TapeFrame | undefined {
    const { wants } = this.#parts
    for (let end = this.#lineEnd(); end >= 0; end = this.#lineEnd()) {
      const text = this.#text.slice(this.#from, end)
      this.#from = end + 1
      this.#line += 1
      if (text !== '' && wants(text)) return parseLine(this.#file, this.#line, text)
    }
    return this.#isEnded ? this.#takeLast() : undefined
  }

  async read(): Promise<boolean> {
    if (this.#isEnded) return false
    this.#text = this.#text.slice(this.#from)
    this.#from = 0
    if (this.#text.length > LINE_MAX) {
      throw fault(this.#file, this.#line + 1, this.#text, `a line of at most ${LINE_MAX} characters`)
    }
    const { done, value } = await this.#piece()
    if (!done) {
      this.#text += value
      return true
    }
    this.#isEnded = true
    if (this.#line > 0 || this.#text !== '') return true
    throw fault(this.#file, 1, '', '`<receive time> <raw JSON>` lines: it holds none')
  }

  async close(): Promise<void> {
    this.#isEnded = true
    this.#text = ''
    await this.#texts?.return?.()
  }

  #lineEnd(): number {
    return this.#text.indexOf('\n', this.#from)
  }

  async #piece(): Promise<IteratorResult<string, undefined>> {
    try {
      this.#texts ??= (await fileTexts(this.#file, () => this.#parts.onCutMember()))[Symbol.asyncIterator]()
      return await this.#texts.next()
    } catch (thrown) {
      if (thrown instanceof InputError) throw thrown
      const rule = 'a whole file: it is truncated, corrupt or not readable'
      throw fault(this.#file, this.#line + 1, messageOf(thrown), rule, thrown)
    }
  }

  /** Without its line end: whole all the same, or broken off. Alone in the file it is no tape at all. */
  #takeLast(): TapeFrame | undefined {
    const text = this.#text.slice(this.#from)
    this.#text = ''
    this.#from = 0
    if (text === '' || !this.#parts.wants(text)) return undefined
    this.#line += 1
    try {
      return parseLine(this.#file, this.#line, text)
    } catch (thrown) {
      if (this.#line === 1 || !(thrown instanceof InputError)) throw thrown
      this.#parts.onCutLine()
      return undefined
    }
  }
}

async function fileTexts(file: string, onCut: () => void): Promise<AsyncIterable<string>> {
  const start = await beginning(file)
  if (memberLength(start) !== undefined) return memberTexts(file, onCut)
  return plainTexts(file, start.length >= 2 && start.readUInt16BE() === GZIP_MAGIC)
}

function plainTexts(file: string, isGzip: boolean): AsyncIterable<string> {
  const source = createReadStream(file, { highWaterMark: PIECE_BYTES })
  if (!isGzip) return source.setEncoding('utf8')
  const plain = createGunzip({ chunkSize: PIECE_BYTES })
  // Not `pipeline`: an early end of the reader is no fault of the file.
  source.once('error', (error) => plain.destroy(error))
  plain.once('close', () => source.destroy())
  return source.pipe(plain).setEncoding('utf8')
}

/** The first bytes tell the kind of file; read first, for it says in our words that there is no such file. */
async function beginning(file: string): Promise<Buffer> {
  try {
    const handle = await open(file)
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(MEMBER_HEADER), 0, MEMBER_HEADER, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (thrown) {
    throw new InputError(`${file}: a tape must be a readable file: ${messageOf(thrown)}`, { file }, thrown)
  }
}

function parseLine(file: string, line: number, text: string): TapeFrame {
  const space = text.indexOf(' ')
  const receivedAt = receiveTime(text, space)
  if (receivedAt === undefined) {
    const time = space > 0 ? text.slice(0, space) : text
    throw fault(file, line, time, 'a receive time of 13 (ms), 16 (µs) or 19 (ns) digits, then a blank and JSON')
  }
  const from = space + 1
  try {
    if (text.startsWith(CONTROL_PREFIX, from)) return controlFrame(text.slice(from), receivedAt, line)
    return { receivedAt, frame: JSON.parse(text.slice(from)), line }
  } catch (thrown) {
    const rule =
      thrown instanceof InputError ? `a control line of this version: ${thrown.message}` : 'JSON after the receive time'
    throw fault(file, line, text.slice(from), rule, thrown)
  }
}

function controlFrame(text: string, receivedAt: EpochMs, line: number): TapeFrame {
  const control = parseControl(text)
  return { receivedAt, frame: control, line, control }
}

function fault(file: string, line: number, value: string, rule: string, cause?: unknown): InputError {
  const shown = value.length > VALUE_TEXT_MAX ? `${value.slice(0, VALUE_TEXT_MAX)}…` : value
  return new InputError(`${file}, line ${line}: ${JSON.stringify(shown)}; it must be ${rule}`, { file, line }, cause)
}
