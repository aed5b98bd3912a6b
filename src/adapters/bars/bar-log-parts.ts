import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { InputError } from '../../core/errors.ts'
import { type BarLogFile, type BarLogPlace, barLogFiles } from './bar-log-place.ts'
import { isRot, wholeMember } from './whole-member.ts'

/** One file of a log as it stands. */
export interface BarLogPart extends BarLogFile {
  /** Bytes of its whole gzip members. */
  readonly bytes: number
  /** Of these bytes, hexadecimal. */
  readonly sha256: string
  /** Another file was begun after it: nothing will be added. */
  readonly isFinished: boolean
}

/** In the order of the files. Throws `InputError` naming file and byte for rot in the middle. */
export async function barLogParts(place: Pick<BarLogPlace, 'dir' | 'prefix'>): Promise<readonly BarLogPart[]> {
  const files = await barLogFiles(place)
  const parts: BarLogPart[] = []
  for (const [at, file] of files.entries()) {
    const handle = await open(file.path)
    try {
      parts.push({ ...file, ...(await wholeBytes(handle, file.path)), isFinished: at < files.length - 1 })
    } finally {
      await handle.close()
    }
  }
  return parts
}

/** Member by member, so that a file of any length needs little memory. */
async function wholeBytes(handle: FileHandle, path: string): Promise<Pick<BarLogPart, 'bytes' | 'sha256'>> {
  const { size } = await handle.stat()
  const hash = createHash('sha256')
  let bytes = 0
  for (let member = await wholeMember(handle, 0, size); member; member = await wholeMember(handle, bytes, size)) {
    hash.update(member)
    bytes += member.length
  }
  if (bytes < size && (await isRot(handle, bytes, size))) {
    throw new InputError(
      `${path}: the gzip member at byte ${bytes} must be whole: it is corrupt, and others follow it`,
      {
        path,
      },
    )
  }
  return { bytes, sha256: hash.digest('hex') }
}
