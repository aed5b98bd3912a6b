import { mkdir, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { syncFolder } from '../files/durable-file.ts'
import { readPlainFile } from './read-plain-file.ts'

/** What happened to the models of a family, one JSON object a line. */
export const HISTORY_FILE = 'history.jsonl'
/** Tens of thousands of entries. */
const BYTES_MAX = 64 * 1_048_576

/** A line of the file, parsed. */
export interface HistoryLine {
  /** File and number, for messages. */
  readonly where: string
  readonly json: unknown
}

/**
 * All lines, oldest first; none where nothing was written down yet. A line that a dying process cut off is no JSON, and passed over.
 */
export async function readHistoryLines(familyFolder: string): Promise<readonly HistoryLine[]> {
  const file = join(familyFolder, HISTORY_FILE)
  const bytes = await readPlainFile(file, BYTES_MAX).catch((error: unknown) => {
    if (isMissing(error)) return new Uint8Array()
    throw error
  })
  return new TextDecoder()
    .decode(bytes)
    .split('\n')
    .flatMap((line, index) => {
      const json = jsonOrNone(line)
      return json === undefined ? [] : [{ where: `${file}:${index + 1}`, json }]
    })
}

/** Length of the file; 0: there is none yet. */
export const historyBytes = async (familyFolder: string): Promise<number> =>
  (await stat(join(familyFolder, HISTORY_FILE)).catch(() => undefined))?.size ?? 0

/** Durable when it resolves. One write to a file opened for appending: lines of several processes do not mix. */
export async function appendHistoryLine(familyFolder: string, json: object): Promise<void> {
  const line = `${JSON.stringify(json)}\n`
  await mkdir(familyFolder, { recursive: true })
  const handle = await open(join(familyFolder, HISTORY_FILE), 'a+', 0o644)
  try {
    const { size } = await handle.stat()
    const last = size === 0 ? '\n' : (await handle.read(Buffer.alloc(1), 0, 1, size - 1)).buffer.toString()
    // What was cut off stays a line of its own.
    await handle.write(last === '\n' ? line : `\n${line}`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await syncFolder(familyFolder)
}

function jsonOrNone(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof InputError && error.cause instanceof Error && 'code' in error.cause && error.cause.code === 'ENOENT'
