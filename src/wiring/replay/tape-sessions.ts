import { readSession } from '../../adapters/tape/read-session.ts'
import type { SessionRecord } from '../../adapters/tape/tape-control.ts'
import { InputError } from '../../core/errors.ts'
import type { Instrument } from '../../core/instrument.ts'
import { describeTapes } from '../tape/describe-tapes.ts'

/** What the first lines of a chain of tapes say. */
export interface TapeSessions {
  /** Of each file; empty when other programs recorded them. */
  readonly sessions: readonly SessionRecord[]
  /** Undefined for tapes of other programs. */
  readonly venueId: string | undefined
  /** Gaps and watermarks stand in line: our recorder wrote the tapes. Imported ones have neither. */
  readonly isRecorded: boolean
  /** As the venue described them; undefined where they must be inferred from the frames. */
  readonly instruments: readonly Instrument[] | undefined
}

/** Throws `InputError` as `readTape`, and for tapes that do not belong together: origins, venues, ticks or lots differ. */
export async function tapeSessions(files: readonly string[]): Promise<TapeSessions> {
  const sessions: SessionRecord[] = []
  let first: string | undefined
  for (const file of files) {
    const session = await readSession(file)
    const origin = originOf(session)
    first ??= origin
    if (origin !== first) {
      throw new InputError(`${file}: it was ${origin}; the tapes before it were ${first}. Replay them apart`, { file })
    }
    if (session) sessions.push(session)
  }
  if (sessions.length === 0) return { sessions, venueId: undefined, isRecorded: false, instruments: undefined }
  const { venueId, instruments } = await describeTapes(files)
  const isRecorded = first === RECORDED
  return { sessions, venueId, isRecorded, instruments: isRecorded ? instruments : undefined }
}

const RECORDED = 'recorded by this program'

function originOf(session: SessionRecord | undefined): string {
  if (!session) return 'recorded by another program'
  return session.mode === 'import' ? 'imported' : RECORDED
}

/**
 * The session of the one run that recorded all of these files. Throws `InputError` when a file of it is missing before the last one
 * given, or when one belongs to another run: what the run remembered there is not on the tapes.
 */
export function oneRun(files: readonly string[], sessions: readonly SessionRecord[]): SessionRecord {
  const run = sessions[0]
  if (!run) throw new InputError(`${files[0]}: it was recorded by another program; only a run of this one can be told`)
  for (const [index, { startedAt, fileNumber, previousFile }] of sessions.entries()) {
    const file = files[index] ?? ''
    if (startedAt !== run.startedAt) {
      throw new InputError(
        `${file}: its run began at ${iso(startedAt)}, that of the tapes before it at ${iso(run.startedAt)}; replay each run apart`,
        { file },
      )
    }
    if (fileNumber === index + 1) continue
    throw new InputError(
      `${file}: it is file ${fileNumber} of its run and follows ${previousFile ?? 'none'}; here it must be file ${index + 1}: ` +
        'give all files of the run, from its first, in their order',
      { file },
    )
  }
  return run
}

const iso = (ms: number): string => new Date(ms).toISOString()
