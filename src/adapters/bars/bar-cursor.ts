import { type FileHandle, open } from 'node:fs/promises'
import { InputError, messageOf } from '../../core/errors.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { Bar } from '../../market/bar.ts'
import { unpackMember } from '../tape/gzip-member.ts'
import { parseControl, type SessionRecord } from '../tape/tape-control.ts'
import { parseBarLine } from './bar-line.ts'
import { BAR_LOG_MODE, type BarLogPlace, barStream } from './bar-log-place.ts'
import { isForeign, isRot, wholeMember } from './whole-member.ts'

const TIME_DIGITS = 20
const SHOWN_MAX = 60

/** Reads one file of a log, member by member, also while it is being written. */
export class BarCursor {
  /** The first line, once it has been read. */
  session: SessionRecord | undefined
  readonly #path: string
  readonly #place: BarLogPlace
  readonly #symbols: ReadonlySet<InstrumentSymbol>
  readonly #bytesMax: number
  readonly #handle: FileHandle
  #at = 0
  #lines = 0
  /** Lines handed out. */
  #given = 0

  private constructor(handle: FileHandle, path: string, place: BarLogPlace, symbols: readonly string[], bytes: number) {
    this.#handle = handle
    this.#path = path
    this.#place = place
    this.#symbols = new Set(symbols)
    this.#bytesMax = bytes
  }

  /** `bytesMax`: nothing behind it is looked at. None when there is no such file (any more). */
  static async open(
    path: string,
    place: BarLogPlace,
    symbols: readonly InstrumentSymbol[],
    bytesMax = Number.POSITIVE_INFINITY,
  ): Promise<BarCursor | undefined> {
    try {
      return new BarCursor(await open(path), path, place, symbols, bytesMax)
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw new InputError(`${path}: a bar log must be readable: ${messageOf(thrown)}`, { path }, thrown)
    }
  }

  /** Whether the session line names another kind of bars. */
  get isOther(): boolean {
    return this.session !== undefined && !this.session.streams.includes(barStream(this.#place.bar))
  }

  /**
   * The lines of the next whole member, each the bars that belong together. None where no whole member is (yet): the end is cut, or being
   * written. Throws `InputError` naming file and line for what is rotten in the middle.
   */
  async next(): Promise<readonly (readonly Bar[])[] | undefined> {
    const size = Math.min((await this.#handle.stat()).size, this.#bytesMax)
    if (this.#at === size) return undefined
    // Somebody cut what had been read: from the beginning, without what was given.
    if (this.#at > size) this.#at = this.#lines = 0
    const member = await wholeMember(this.#handle, this.#at, size)
    const text = member ? await unpackMember(member) : undefined
    if (!member || typeof text !== 'string') {
      if (await isForeign(this.#handle, size)) throw this.#fault('its first bytes', 'a gzip member of a bar log')
      if (!(await isRot(this.#handle, this.#at, size))) return undefined
      throw this.#fault(`the gzip member at byte ${this.#at}`, 'whole: it is corrupt, and others follow it')
    }
    this.#at += member.length
    const lines = text.split('\n').slice(0, -1)
    const fresh = lines
      .map((line) => this.#parse(line))
      .filter((bars, nth) => bars.length > 0 && this.#isFresh(nth, lines))
    this.#given = Math.max(this.#given, this.#lines)
    return fresh
  }

  close(): Promise<void> {
    return this.#handle.close()
  }

  #isFresh(nth: number, lines: readonly string[]): boolean {
    return this.#lines - lines.length + nth >= this.#given
  }

  #parse(line: string): readonly Bar[] {
    this.#lines += 1
    try {
      this.session ??= sessionOf(line)
      return this.isOther ? [] : parseBarLine(line, this.#place.codec, this.#symbols)
    } catch (thrown) {
      this.#lines -= 1
      throw this.#fault(JSON.stringify(line.slice(0, SHOWN_MAX)), `a line of a bar log: ${messageOf(thrown)}`, thrown)
    }
  }

  #fault(value: string, rule: string, cause?: unknown): InputError {
    const line = this.#lines + 1
    return new InputError(
      `${this.#path}, line ${line}: ${value}; it must be ${rule}`,
      { path: this.#path, line },
      cause,
    )
  }
}

function sessionOf(line: string): SessionRecord {
  const control = parseControl(line.slice(TIME_DIGITS))
  if (control.kind === 'session' && control.mode === BAR_LOG_MODE) return control
  throw new InputError(`the first line must be a session of mode ${BAR_LOG_MODE}`)
}
