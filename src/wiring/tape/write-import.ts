import { rm } from 'node:fs/promises'
import { controlText, type SessionRecord, TAPE_FORMAT } from '../../adapters/tape/tape-control.ts'
import { createTapeFile } from '../../adapters/tape/tape-file.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { EpochMs } from '../../core/units.ts'
import { programName } from './program-name.ts'

/** One frame to be put on a tape. */
export interface ImportedFrame {
  /** Receive time, ns since the epoch, 19 digits. */
  readonly ns: string
  /** JSON. */
  readonly text: string
}

export interface ImportSummary {
  readonly out: string
  readonly frames: number
  readonly bytes: number
  readonly venueId: string
  readonly symbols: readonly string[]
}

/** Characters of a gzip member. */
const MEMBER_CHARACTERS = 1_048_576

/**
 * A tape of somebody else's data: a session line of mode `import`, then the frames. Holds one member in memory. Throws `InputError` when
 * `out` is there already; a file that could not be finished is removed.
 */
export async function writeImport(
  out: string,
  venueId: string,
  instruments: readonly Instrument[],
  frames: AsyncIterable<ImportedFrame>,
): Promise<ImportSummary> {
  const file = await createTapeFile(out)
  let count = 0
  try {
    let text = ''
    for await (const { ns, text: json } of frames) {
      if (count === 0) text = `${ns} ${controlText(session(venueId, instruments, ns))}\n`
      text += `${ns} ${json}\n`
      count += 1
      if (text.length < MEMBER_CHARACTERS) continue
      await file.append(text)
      text = ''
    }
    if (text !== '') await file.append(text)
    await file.close()
  } catch (thrown) {
    await file.close()
    await rm(out, { force: true })
    throw thrown
  }
  return { out, frames: count, bytes: file.bytes, venueId, symbols: instruments.map(({ symbol }) => symbol) }
}

const session = (venueId: string, instruments: readonly Instrument[], ns: string): SessionRecord => ({
  kind: 'session',
  format: TAPE_FORMAT,
  program: programName(),
  venueId,
  mode: 'import',
  instruments,
  streams: [],
  startedAt: Number(ns.slice(0, 13)) as EpochMs,
  fileNumber: 1,
  previousFile: null,
})
