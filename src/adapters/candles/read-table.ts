import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { InputError, messageOf } from '../../core/errors.ts'
import type { RawTable } from '../../market/candles/table.ts'
import { memberTable, textTable } from './text-table.ts'
import type { Choose } from './wanted-rows.ts'
import { zipMember } from './zip-member.ts'

/** Arrow, Parquet and zip files are read whole. */
const BYTES_MAX = 2 ** 30

export interface ReadTable {
  readonly table: RawTable
  /** SHA-256 of the file's bytes. */
  readonly sha256: Buffer
}

type Kind = 'arrow' | 'parquet' | 'zip' | 'gzip' | 'text'

/**
 * Reads the columns that `choose` wants. What a file is, its first bytes say: Arrow IPC, Parquet, or CSV or JSON, these also under gzip or
 * as the only file of a zip. Throws `InputError` naming the file (and line or row) when it is missing, empty, broken, or holds text where
 * numbers are due.
 */
export async function readTable(file: string, choose: Choose): Promise<ReadTable> {
  const handle = await open(file).catch((thrown: unknown) => {
    throw new InputError(`${file}: cannot read it: ${messageOf(thrown)}`, { file }, thrown)
  })
  const hash = createHash('sha256')
  try {
    const { kind, size } = await kindOf(handle, file)
    if (kind === 'text' || kind === 'gzip') {
      const table = await textTable(file, kind === 'gzip', hash, choose)
      return { table, sha256: hash.digest() }
    }
    if (size > BYTES_MAX) throw new InputError(`${file}: it has ${size} bytes; at most ${BYTES_MAX} are read`, { file })
    const bytes = new Uint8Array(await handle.readFile())
    return { table: await tableOf(kind, file, bytes, choose), sha256: hash.update(bytes).digest() }
  } finally {
    await handle.close()
  }
}

/** The readers of binary files are loaded when one is met: they take longer to load than most files to read. */
async function tableOf(
  kind: 'arrow' | 'parquet' | 'zip',
  file: string,
  bytes: Uint8Array<ArrayBuffer>,
  choose: Choose,
): Promise<RawTable> {
  if (kind === 'arrow') return (await import('./arrow-table.ts')).arrowTable(file, bytes, choose)
  if (kind === 'parquet') return await (await import('./parquet-table.ts')).parquetTable(file, bytes, choose)
  const member = zipMember(file, bytes)
  return await memberTable(file, member.bytes, member.isDeflated, choose)
}

async function kindOf(handle: FileHandle, file: string): Promise<{ kind: Kind; size: number }> {
  const stats = await handle.stat()
  const refuse = (rule: string): never => {
    throw new InputError(`${file}: ${rule}`, { file })
  }
  if (!stats.isFile()) refuse('it must be a file, no folder')
  if (stats.size === 0) refuse('it is empty')
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0)
  const head = buffer.toString('latin1', 0, bytesRead)
  const kind = KINDS.find(([magic]) => head.startsWith(magic))?.[1] ?? 'text'
  if (kind === 'feather 1') refuse('it is a Feather v1 file; write it anew as Feather v2')
  if (kind === 'stream')
    refuse('it is an Arrow stream, of which a cut-off end is not seen; write it as an Arrow file (Feather v2)')
  return { kind: kind as Kind, size: stats.size }
}

const KINDS: readonly (readonly [magic: string, kind: Kind | 'feather 1' | 'stream'])[] = [
  ['ARROW1', 'arrow'],
  ['PAR1', 'parquet'],
  ['PK\x03\x04', 'zip'],
  ['\x1f\x8b', 'gzip'],
  ['FEA1', 'feather 1'],
  ['\xff\xff\xff\xff', 'stream'],
]
